using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Wall;

/// <summary>One page of the jobs that run.</summary>
public sealed partial class WallRunning
{
    [Parameter, EditorRequired]
    public bool HideNames { get; set; }

    [Parameter, EditorRequired]
    public WallView View { get; set; } = null!;
}
