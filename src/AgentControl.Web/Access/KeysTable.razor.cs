using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Access;

/// <summary>The keys with what is known of each but the secret.</summary>
public sealed partial class KeysTable
{
    [Parameter, EditorRequired]
    public IReadOnlyList<ApiKeyInfo> Keys { get; set; } = [];

    /// <summary>When the keys were read: what expired before is over.</summary>
    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Parameter]
    public EventCallback<ApiKeyInfo> OnRevoke { get; set; }

    private bool IsOver(ApiKeyInfo key) => key.RevokedAt is not null || key.ExpiresAt <= Now;
}
