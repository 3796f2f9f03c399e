namespace AgentControl.Web.Jobs.Timeline;

/// <summary>One visible row: where it stands in the tree and what its bar shows.</summary>
/// <param name="Length">Null while something in it still goes on.</param>
public sealed record TimelineRow(
    string Id,
    string Label,
    int Depth,
    bool CanFold,
    bool IsOpen,
    string State,
    string? Kind,
    string? Error,
    int Times,
    int Failed,
    DateTimeOffset StartedAt,
    TimeSpan? Length,
    IReadOnlyList<TimelineBar> Bars
)
{
    /// <summary>Rows are drawn anew only when something in them changed.</summary>
    public bool SameAs(TimelineRow? other) =>
        other is not null && (this with { Bars = other.Bars }) == other && Bars.SequenceEqual(other.Bars);
}

/// <summary>One piece of a row's bar.</summary>
/// <param name="Form">done, failed, backoff, running, person, outside or dense: pattern and name carry the meaning, not colour alone.</param>
/// <param name="Name">What a reader hears, such as "try 1, failed, 40 s".</param>
public sealed record TimelineBar(string Form, string Left, string Width, string Name);
