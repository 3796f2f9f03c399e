using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>What failed, what still works, the error's id, and "Try again".</summary>
public sealed partial class ErrorPanel
{
    /// <summary>What failed, such as "Jobs could not be loaded."</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>The id under which the log has the error.</summary>
    [Parameter]
    public string? ErrorId { get; set; }

    /// <summary>When the older data that are still shown were read.</summary>
    [Parameter]
    public DateTimeOffset? DataFrom { get; set; }

    [Parameter]
    public EventCallback OnRetry { get; set; }

    [Parameter]
    public RenderFragment? ChildContent { get; set; }
}
