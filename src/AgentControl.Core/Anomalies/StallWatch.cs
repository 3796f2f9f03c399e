using System.Globalization;

namespace AgentControl.Core.Anomalies;

/// <summary>A step whose body runs.</summary>
/// <param name="LimitSeconds">The time that its call has; null where nothing but the job's own time ends it.</param>
/// <param name="UsualSeconds">The 95th percentile of the agent's steps of that name; null where nobody knows.</param>
public sealed record RunningCall(
    string Key,
    string Name,
    string? Service,
    DateTimeOffset Since,
    double? LimitSeconds,
    double? UsualSeconds
);

/// <summary>Watches whether a job gets on, by two clocks: the worker's heartbeat, and the job's own progress. Told once until there is progress again.</summary>
public sealed class StallWatch(AnomalyRules rules)
{
    private DateTimeOffset? told;

    /// <summary>The clock of progress.</summary>
    /// <param name="progress">When the job last recorded or said something.</param>
    /// <param name="calls">The steps that run now.</param>
    public Anomaly? Look(DateTimeOffset now, DateTimeOffset progress, IReadOnlyList<RunningCall> calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        if (
            told == progress
            || now - progress <= TimeSpan.FromSeconds(rules.StallSeconds)
            || calls.Any(c => MayTakeLonger(c, now))
        )
            return null;
        told = progress;
        var oldest = calls.MinBy(c => c.Since);
        var silent = Math.Round((now - progress).TotalSeconds, 1);
        return new(
            AnomalyKinds.Stalled,
            oldest is null
                ? string.Create(CultureInfo.InvariantCulture, $"No progress for {silent:0.#} s, and no step runs")
                : string.Create(CultureInfo.InvariantCulture, $"No progress for {silent:0.#} s in {oldest.Name}")
        )
        {
            Cause = "progress",
            Amount = silent,
            Usual = oldest?.UsualSeconds,
            Unit = "s",
            Since = progress,
            Step = oldest?.Key,
            Service = oldest?.Service,
        };
    }

    /// <summary>A call whose own time is not over will end, or be ended: it is in flight, not stalled.</summary>
    private static bool MayTakeLonger(RunningCall call, DateTimeOffset now)
    {
        var seconds = (now - call.Since).TotalSeconds;
        return seconds < call.LimitSeconds || seconds < call.UsualSeconds;
    }

    /// <summary>From when on a worker's silence is more than a missed beat. It beats each third of a lease; short leases end before that.</summary>
    public static TimeSpan SilentAfter(TimeSpan lease) =>
        TimeSpan.FromSeconds(Math.Max(lease.TotalSeconds * 2 / 3, (lease.TotalSeconds / 3) + 3));

    /// <summary>The clock of heartbeats.</summary>
    public static Anomaly Silent(string worker, DateTimeOffset now, DateTimeOffset heartbeat, TimeSpan lease)
    {
        var silent = Math.Round((now - heartbeat).TotalSeconds, 1);
        return new(
            AnomalyKinds.Stalled,
            string.Create(CultureInfo.InvariantCulture, $"No heartbeat of worker {worker} for {silent:0.#} s")
        )
        {
            Cause = "heartbeat",
            Amount = silent,
            Usual = Math.Round(lease.TotalSeconds / 3, 1),
            Unit = "s",
            Since = heartbeat,
        };
    }
}
