namespace AgentControl.Engine.Metrics;

/// <summary>The numbers at the foot of the overview, over one of the spans that have a name.</summary>
/// <param name="Range">24h, 7d or 30d.</param>
/// <param name="Tasks">Those that ended in it.</param>
/// <param name="MedianSeconds">Submitted to finished, of those that succeeded or failed.</param>
/// <param name="EndedPerHour">Over the whole span.</param>
/// <param name="Queued">Now.</param>
/// <param name="Running">Now.</param>
/// <param name="Completion">The completion rate over time, the oldest first; null where nothing was counted.</param>
/// <param name="Median">The median over time, as <paramref name="Completion"/>.</param>
/// <param name="At">When they were read.</param>
public sealed record OverviewTiles(
    string Range,
    TaskCounts Tasks,
    double? MedianSeconds,
    double EndedPerHour,
    long Queued,
    long Running,
    IReadOnlyList<double?> Completion,
    IReadOnlyList<double?> Median,
    DateTimeOffset At
)
{
    /// <summary>Two that would be drawn alike.</summary>
    public bool LooksLike(OverviewTiles? other) =>
        other is not null
        && this with { At = other.At, Completion = other.Completion, Median = other.Median } == other
        && Completion.SequenceEqual(other.Completion)
        && Median.SequenceEqual(other.Median);
}
