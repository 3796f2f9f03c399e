using AgentControl.Engine.Metrics;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Wall;

/// <summary>The questions that people should answer next.</summary>
public sealed partial class WallPeople
{
    [Parameter, EditorRequired]
    public WallRequests Requests { get; set; } = WallRequests.None;

    /// <summary>The server's time: from half of its deadline on a question is late.</summary>
    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Parameter, EditorRequired]
    public bool HideNames { get; set; }
}
