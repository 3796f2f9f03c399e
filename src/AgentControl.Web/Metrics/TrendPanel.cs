using AgentControl.Core.Metrics;
using AgentControl.Engine.Metrics;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Metrics;

/// <summary>One of the four panels: what is drawn, and what is said beside it.</summary>
/// <param name="Number">The value over the whole span.</param>
/// <param name="Change">The difference to the time before.</param>
/// <param name="Note">What stands apart.</param>
public sealed record TrendPanel(
    string Metric,
    string Measure,
    string Number,
    string? Change,
    string? Note,
    IReadOnlyList<MetricLine> Lines
)
{
    public string Title => TrendWords.Title(Metric);

    public string Definition => TrendWords.Definition(Metric, Measure);

    public bool HasValues => Lines.Any(line => line.Points.Any(point => point.Value is not null));

    /// <summary>It would be drawn alike.</summary>
    public bool LooksLike(TrendPanel other) =>
        this with { Lines = other.Lines } == other
        && Lines.Count == other.Lines.Count
        && Lines
            .Zip(other.Lines)
            .All(pair =>
                pair.First.Service == pair.Second.Service && pair.First.Points.SequenceEqual(pair.Second.Points)
            );

    /// <summary>The four of them, in their order on the page.</summary>
    public static IReadOnlyList<TrendPanel> All(
        MetricSummary summary,
        MetricSeries series,
        string measure,
        bool compares
    )
    {
        var (now, before) = (summary.Now, compares ? summary.Previous : null);
        return
        [
            Panel(MetricWords.Completion, MetricWords.Rate, n => n.CompletionRate, Apart(now.Tasks)),
            Panel(MetricWords.Duration, measure, n => Duration(n.DurationSeconds, measure)),
            Panel(MetricWords.Retries, MetricWords.Per100Calls, Retries),
            Panel(
                MetricWords.Recoveries,
                MetricWords.Count,
                n => n.Recoveries.Count,
                now.Recoveries.Count == 0 ? null : $"({Formats.Number(now.Recoveries.Finished)} finished)"
            ),
        ];

        TrendPanel Panel(string metric, string what, Func<MetricNumbers, double?> valueOf, string? note = null) =>
            new(
                metric,
                what,
                TrendWords.Value(metric, valueOf(now)),
                before is null ? null : TrendWords.Change(metric, valueOf(now), valueOf(before)),
                note,
                [.. series.Lines.Where(line => line.Metric == metric && line.Measure == what)]
            );
    }

    private static string? Apart(TaskCounts tasks) =>
        tasks.Cancelled + tasks.Rejected == 0
            ? null
            : $"{Formats.Number(tasks.Cancelled)} cancelled and {Formats.Number(tasks.Rejected)} rejected, not counted";

    private static double? Duration(TaskDurations durations, string measure) =>
        measure switch
        {
            MetricWords.P95 => durations.P95,
            MetricWords.Working => durations.Working,
            MetricWords.WithoutPeople => durations.WithoutPeople,
            _ => durations.Median,
        };

    private static double? Retries(MetricNumbers numbers)
    {
        var calls = numbers.Retries.Sum(service => service.Calls);
        return calls == 0 ? null : 100.0 * numbers.Retries.Sum(service => service.Retries) / calls;
    }
}
