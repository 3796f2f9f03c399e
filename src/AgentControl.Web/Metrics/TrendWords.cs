using System.Globalization;
using AgentControl.Engine.Metrics;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Metrics;

/// <summary>What the four metrics are called, what they mean, and how their values are written.</summary>
internal static class TrendWords
{
    /// <summary>The measures of durations, as they are offered.</summary>
    public static readonly IReadOnlyList<(string Measure, string Name)> Measures =
    [
        (MetricWords.Median, "Median"),
        (MetricWords.P95, "p95"),
        (MetricWords.WithoutPeople, "− waiting for people"),
        (MetricWords.Working, "Working"),
    ];

    private const double LongSeconds = 10;

    public static string Title(string metric) =>
        metric switch
        {
            MetricWords.Completion => "Task completion rate",
            MetricWords.Duration => "Median task duration",
            MetricWords.Retries => "Retries per 100 calls, by service",
            _ => "Checkpoint recoveries",
        };

    public static string Definition(string metric, string measure) =>
        metric switch
        {
            MetricWords.Completion =>
                "Completed ÷ (completed + failed + timed out), of the tasks that ended. Stopped by a budget counts as failed. A task is a job that no other job started.",
            MetricWords.Duration => measure switch
            {
                MetricWords.P95 =>
                    "95 of 100 tasks that completed, failed or timed out took no longer, from their submission to their end.",
                MetricWords.WithoutPeople =>
                    "Median from submission to end, without the time in which a question to a person was open, of tasks that completed, failed or timed out.",
                MetricWords.Working =>
                    "Median time that a worker held a task, without queues, pauses and all that it waited for, of tasks that completed, failed or timed out.",
                _ => "Median from submission to end, of tasks that completed, failed or timed out.",
            },
            MetricWords.Retries => "Calls of a service that were made once more, for each hundred of its calls.",
            _ =>
                "Times that a job went on from what was recorded, after a crash or a lost worker. In brackets: how many of those jobs have ended since.",
        };

    public static string Value(string metric, double? value) =>
        (metric, value) switch
        {
            (_, null) => Formats.Unknown,
            (MetricWords.Completion, { } rate) => Formats.Rate(rate),
            (MetricWords.Duration, { } seconds) => Formats.Duration(TimeSpan.FromSeconds(seconds)),
            (MetricWords.Retries, { } rate) => rate.ToString(rate < 10 ? "0.0" : "0", CultureInfo.InvariantCulture),
            (_, { } count) => Formats.Number((long)count),
        };

    /// <summary>The difference to the time before: "▼ 1.2 pp"; null where one of them is missing.</summary>
    public static string? Change(string metric, double? now, double? before)
    {
        if (now is not { } value || before is not { } earlier)
            return null;
        var by = value - earlier;
        // Nobody compares minutes by their thousandths.
        if (metric == MetricWords.Duration && value >= LongSeconds)
            by = Math.Round(by);
        var size = Size(metric, Math.Abs(by));
        return size == Size(metric, 0) ? "= as before" : $"{(by < 0 ? '▼' : '▲')} {size}";
    }

    private static string Size(string metric, double size) =>
        metric == MetricWords.Completion
            ? string.Create(CultureInfo.InvariantCulture, $"{size * 100:0.0} pp")
            : Value(metric, size);
}
