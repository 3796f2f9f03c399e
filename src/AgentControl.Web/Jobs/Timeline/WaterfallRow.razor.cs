using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Timeline;

/// <summary>One row of the timeline; drawn again only when what it shows differs.</summary>
public sealed partial class WaterfallRow
{
    private (TimelineRow Row, bool Selected, bool TabStop)? _drawn;

    [Parameter, EditorRequired]
    public TimelineRow Row { get; set; } = null!;

    [Parameter]
    public bool Selected { get; set; }

    [Parameter]
    public bool TabStop { get; set; }

    [Parameter]
    public EventCallback<TimelineRow> OnSelect { get; set; }

    [Parameter]
    public EventCallback<TimelineRow> OnFold { get; set; }

    private string Name =>
        $"{Row.Label}, {Row.State}{(Row.Length is { } length ? ", " + Formats.Duration(length) : "")}";

    private string? Icon =>
        (Row.State, Row.Kind) switch
        {
            (TimelineView.More, _) => null,
            ("failed", _) => "octagon-x",
            ("waiting", "approval") => "hand",
            ("waiting", _) => "hourglass",
            ("running", _) => "loader",
            (_, "approval") => "hand",
            (_, "checkpoint") => "diamond",
            (_, "timer") => "clock",
            (_, "children" or "spawn") => "git-fork",
            (_, "file") => "file-text",
            (_, "model") => "bot",
            _ => "check",
        };

    private string Hue =>
        (Row.State, Row.Kind) switch
        {
            ("failed", _) => "red",
            ("waiting", "approval") => "violet",
            ("waiting" or "running", _) => "blue",
            _ => "grey",
        };

    protected override bool ShouldRender()
    {
        var same = _drawn is { } last && last.Selected == Selected && last.TabStop == TabStop && Row.SameAs(last.Row);
        _drawn = (Row, Selected, TabStop);
        return !same;
    }
}
