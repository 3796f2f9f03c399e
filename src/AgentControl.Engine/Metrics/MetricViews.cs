using AgentControl.Core.Metrics;

namespace AgentControl.Engine.Metrics;

/// <summary>How many tasks ended in which way.</summary>
/// <param name="Failed">All that failed, those that ran out of time or budget included.</param>
/// <param name="TimedOut">Of them, those that ran out of time.</param>
public sealed record TaskCounts(long Succeeded, long Failed, long TimedOut, long Cancelled, long Rejected)
{
    public static TaskCounts None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Those that the completion rate and the durations are about: all but the cancelled and the rejected ones.</summary>
    public long Counted => Succeeded + Failed;

    public long Ended => Counted + Cancelled + Rejected;

    /// <summary>succeeded / (succeeded + failed), 0 to 1; null where neither was.</summary>
    public double? CompletionRate => Counted == 0 ? null : (double)Succeeded / Counted;
}

/// <summary>How long the counted tasks took, in seconds; null without one.</summary>
/// <param name="Median">Submitted to finished.</param>
/// <param name="P95">95 of 100 took no longer.</param>
/// <param name="Working">The median of the time that a worker held them: without any wait.</param>
/// <param name="WithoutPeople">The median without the time in which a question to a person was open.</param>
public sealed record TaskDurations(double? Median, double? P95, double? Working, double? WithoutPeople)
{
    public static TaskDurations None { get; } = new(null, null, null, null);
}

/// <summary>Calls of one service, and how many of them were made once more.</summary>
public sealed record ServiceRetries(string Service, long Calls, long Retries)
{
    /// <summary>Retries / calls; null without a call.</summary>
    public double? RetryFrequency => Calls == 0 ? null : (double)Retries / Calls;

    public double? RetriesPer100Calls => RetryFrequency * 100;
}

/// <summary>How often jobs went on from what was recorded after a crash or the loss of a worker.</summary>
/// <param name="Jobs">How many jobs did.</param>
/// <param name="Finished">How many of them have ended since.</param>
/// <param name="Succeeded">How many of those succeeded.</param>
public sealed record RecoveryCounts(long Count, long Jobs, long Finished, long Succeeded)
{
    public static RecoveryCounts None { get; } = new(0, 0, 0, 0);
}

/// <summary>The four metrics over one span of time.</summary>
/// <param name="Retries">By service, the most retries first.</param>
public sealed record MetricNumbers(
    TaskCounts Tasks,
    TaskDurations DurationSeconds,
    IReadOnlyList<ServiceRetries> Retries,
    RecoveryCounts Recoveries
)
{
    public double? CompletionRate => Tasks.CompletionRate;
}

/// <summary>The numbers of one agent.</summary>
public sealed record AgentTasks(string Agent, TaskCounts Tasks, TaskDurations DurationSeconds)
{
    public double? CompletionRate => Tasks.CompletionRate;
}

/// <summary>The four metrics, those of the time of the same length before, and those of each agent with ended tasks.</summary>
public sealed record MetricSummary(
    MetricWindow Window,
    string? Agent,
    MetricNumbers Now,
    MetricNumbers Previous,
    IReadOnlyList<AgentTasks> Agents
);

/// <summary>One measure over time, with what is usual.</summary>
/// <param name="Metric">completion, duration, retries or recoveries.</param>
/// <param name="Measure">What of it: rate, median, p95, working, withoutPeople, per100Calls or count.</param>
/// <param name="Service">The service, for retries; <see cref="MetricSeries.OtherServices"/> for those that are not among the first.</param>
/// <param name="Points">One for each bucket, without holes.</param>
public sealed record MetricLine(string Metric, string Measure, string? Service, IReadOnlyList<MetricPoint> Points)
{
    /// <summary>Where the values left their band, each with its points in order.</summary>
    public IReadOnlyList<IReadOnlyList<MetricPoint>> Spikes => SpikeRule.Spikes(Points);
}

/// <summary>The four metrics bucket by bucket.</summary>
public sealed record MetricSeries(MetricWindow Window, string? Agent, IReadOnlyList<MetricLine> Lines)
{
    /// <summary>Services with a line of their own; the rest share one.</summary>
    public const int MostServices = 6;

    /// <summary>The line of all others.</summary>
    public const string OtherServices = "other";
}

/// <summary>The words of the metrics and their measures.</summary>
public static class MetricWords
{
    public const string Completion = "completion";
    public const string Duration = "duration";
    public const string Retries = "retries";
    public const string Recoveries = "recoveries";

    public const string Rate = "rate";
    public const string Median = "median";
    public const string P95 = "p95";
    public const string Working = "working";
    public const string WithoutPeople = "withoutPeople";
    public const string Per100Calls = "per100Calls";
    public const string Count = "count";

    public static readonly IReadOnlyList<string> All = [Completion, Duration, Retries, Recoveries];
}
