using AgentControl.Core.Metrics;
using AgentControl.Engine.Metrics;

namespace AgentControl.Web.Metrics;

/// <summary>The four metrics over one span of time.</summary>
/// <param name="CompletionRate">succeeded / (succeeded + failed), 0 to 1; null where nothing was counted.</param>
/// <param name="MedianDurationSeconds">Submitted to finished, of tasks that succeeded or failed.</param>
/// <param name="MedianWorkingSeconds">The time that a worker held them, without any wait.</param>
/// <param name="MedianWithoutPeopleSeconds">Without the time in which a question to a person was open.</param>
/// <param name="Retries">By service, the most retries first.</param>
/// <param name="RecoveryCount">How often a job went on from what was recorded after a crash or the loss of a worker.</param>
internal record MetricNumbersAnswer(
    double? CompletionRate,
    double? MedianDurationSeconds,
    double? P95DurationSeconds,
    double? MedianWorkingSeconds,
    double? MedianWithoutPeopleSeconds,
    IReadOnlyList<ServiceRetries> Retries,
    long RecoveryCount,
    RecoveryCounts Recoveries,
    TaskCounts Tasks
)
{
    public static MetricNumbersAnswer Of(MetricNumbers numbers) =>
        new(
            numbers.CompletionRate,
            numbers.DurationSeconds.Median,
            numbers.DurationSeconds.P95,
            numbers.DurationSeconds.Working,
            numbers.DurationSeconds.WithoutPeople,
            numbers.Retries,
            numbers.Recoveries.Count,
            numbers.Recoveries,
            numbers.Tasks
        );
}

/// <summary>The numbers of one agent's tasks.</summary>
internal sealed record AgentTasksAnswer(
    string Agent,
    double? CompletionRate,
    double? MedianDurationSeconds,
    double? P95DurationSeconds,
    double? MedianWorkingSeconds,
    double? MedianWithoutPeopleSeconds,
    TaskCounts Tasks
)
{
    public static AgentTasksAnswer Of(AgentTasks numbers) =>
        new(
            numbers.Agent,
            numbers.CompletionRate,
            numbers.DurationSeconds.Median,
            numbers.DurationSeconds.P95,
            numbers.DurationSeconds.Working,
            numbers.DurationSeconds.WithoutPeople,
            numbers.Tasks
        );
}

/// <summary>The answer of <c>GET /metrics/summary</c>.</summary>
internal sealed record MetricSummaryAnswer : MetricNumbersAnswer
{
    public MetricSummaryAnswer(MetricSummary summary)
        : base(Of(summary.Now))
    {
        (Window, From, To) = (summary.Window.Name, summary.Window.From, summary.Window.To);
        Agent = summary.Agent;
        Previous = Of(summary.Previous);
        Agents = [.. summary.Agents.Select(AgentTasksAnswer.Of)];
    }

    /// <summary>24h, 7d or 30d; null for another span.</summary>
    public string? Window { get; }
    public DateTimeOffset From { get; }
    public DateTimeOffset To { get; }
    public string? Agent { get; }

    /// <summary>The time of the same length before.</summary>
    public MetricNumbersAnswer Previous { get; }

    /// <summary>Each agent whose tasks ended in the window.</summary>
    public IReadOnlyList<AgentTasksAnswer> Agents { get; }
}

/// <summary>A value in one bucket.</summary>
/// <param name="Value">Null where there was nothing to measure.</param>
/// <param name="Count">On how many tasks, calls or recoveries it rests.</param>
/// <param name="Low">Where the usual band begins; null, as the next two, while too few days are known.</param>
internal sealed record MetricPointAnswer(
    DateTimeOffset At,
    double? Value,
    long Count,
    double? Low,
    double? Usual,
    double? High,
    bool Spike
)
{
    public static MetricPointAnswer Of(MetricPoint point) =>
        new(
            point.At,
            point.Value,
            point.Count,
            point.Band?.Low,
            point.Band?.Usual,
            Finite(point.Band?.High),
            point.Spike
        );

    private static double? Finite(double? number) => number is { } value && double.IsFinite(value) ? value : null;
}

/// <summary>A value that left its usual band for two buckets at least.</summary>
/// <param name="To">The end of its last bucket.</param>
internal sealed record MetricSpikeAnswer(DateTimeOffset From, DateTimeOffset To);

/// <summary>One measure over time.</summary>
/// <param name="Unit">fraction, seconds, per100Calls or count.</param>
internal sealed record MetricLineAnswer(
    string Metric,
    string Measure,
    string? Service,
    string Unit,
    IReadOnlyList<MetricPointAnswer> Points,
    IReadOnlyList<MetricSpikeAnswer> Spikes
)
{
    public static MetricLineAnswer Of(MetricLine line, TimeSpan bucket) =>
        new(
            line.Metric,
            line.Measure,
            line.Service,
            line.Metric switch
            {
                MetricWords.Completion => "fraction",
                MetricWords.Duration => "seconds",
                MetricWords.Retries => MetricWords.Per100Calls,
                _ => MetricWords.Count,
            },
            [.. line.Points.Select(MetricPointAnswer.Of)],
            [.. line.Spikes.Select(spike => new MetricSpikeAnswer(spike[0].At, spike[^1].At + bucket))]
        );
}

/// <summary>The answer of <c>GET /metrics/series</c>.</summary>
internal sealed record MetricSeriesAnswer(
    string? Window,
    DateTimeOffset From,
    DateTimeOffset To,
    double BucketSeconds,
    string? Agent,
    IReadOnlyList<MetricLineAnswer> Series
)
{
    public static MetricSeriesAnswer Of(MetricSeries series) =>
        new(
            series.Window.Name,
            series.Window.From,
            series.Window.To,
            series.Window.Bucket.TotalSeconds,
            series.Agent,
            [.. series.Lines.Select(line => MetricLineAnswer.Of(line, series.Window.Bucket))]
        );
}

/// <summary>The answer of <c>GET /metrics/jobs</c>: the most telling first.</summary>
/// <param name="NextCursor">Always null: <paramref name="Total"/> tells of more than are listed; a shorter span shows them.</param>
internal sealed record MetricJobsAnswer(IReadOnlyList<MetricRun> Items, string? NextCursor, long Total);
