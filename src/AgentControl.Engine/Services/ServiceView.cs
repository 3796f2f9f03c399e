using AgentControl.Core.Services;

namespace AgentControl.Engine.Services;

/// <summary>A service as people watch it: its circuit, and its calls in the window that was asked for.</summary>
/// <param name="Calls">Tries.</param>
/// <param name="Failures">Those of them that failed.</param>
/// <param name="Retries">Calls that were made once more.</param>
/// <param name="RetriesPer100Calls">Null without a call.</param>
/// <param name="UsualRetriesPer100Calls">The same in the seven days before the window; null with fewer than a hundred calls in them.</param>
/// <param name="LatencyMs">Of the calls that did not fail; null without one.</param>
/// <param name="Fallbacks">Steps that went another way because this service could not be had.</param>
/// <param name="Waiting">Branches of jobs that wait for its circuit now.</param>
/// <param name="Trend">Retries per 100 calls in each twelfth of the window, the oldest first; null where there was no call.</param>
public sealed record ServiceView(
    string Name,
    CircuitView Circuit,
    long Calls,
    long Failures,
    long Retries,
    double? RetriesPer100Calls,
    double? UsualRetriesPer100Calls,
    LatencyView? LatencyMs,
    long Fallbacks,
    long Waiting,
    IReadOnlyList<double?> Trend,
    ServicePolicy Policy
)
{
    private const double Much = 2;
    private const long Some = 5;

    /// <summary>How many times the usual retries there are, where that is worth a look: twice as many, and not just a few; otherwise null.</summary>
    public double? TimesUsual =>
        Retries >= Some
        && RetriesPer100Calls is { } now
        && UsualRetriesPer100Calls is { } usual
        && now >= Much * Math.Max(usual, 1)
            ? now / Math.Max(usual, 0.1)
            : null;
}

/// <summary>How long calls take, in milliseconds; estimates, exact to a sixth.</summary>
/// <param name="P50">Half of them are done within this time.</param>
/// <param name="P95">95 of 100 are.</param>
public sealed record LatencyView(double P50, double P95);

/// <summary>The state of a circuit.</summary>
/// <param name="State">closed, open, halfOpen (one call probes) or blocked (by a person, for maintenance).</param>
/// <param name="Since">When it came into this state; null where it never was in another.</param>
/// <param name="Until">Open: when a call may probe. Half-open: when its probe is given up. Blocked: when the block ends.</param>
/// <param name="Reason">The failure that opened it, or the words of whoever blocked it.</param>
/// <param name="ChangedBy">The person who changed it last; null where it changed by itself.</param>
public sealed record CircuitView(
    string State,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    string? Reason,
    string? ChangedBy
)
{
    /// <summary>A row's word for a state in the words of people.</summary>
    internal static string StateOf(string? row) =>
        row switch
        {
            null => "closed",
            "probing" => "halfOpen",
            _ => row,
        };
}

/// <summary>A service, its calls bucket by bucket, and what its circuit did in the window.</summary>
/// <param name="From">Where the window begins.</param>
/// <param name="BucketSeconds">The length of one bucket of the series.</param>
/// <param name="Errors">In which ways calls failed, the most frequent first.</param>
/// <param name="Changes">The states of the circuit, the oldest first; the first one may have begun before the window.</param>
/// <param name="WaitingJobs">Jobs that wait for it now, longest first, at most twenty.</param>
public sealed record ServiceDetail(
    ServiceView Service,
    DateTimeOffset From,
    DateTimeOffset To,
    int BucketSeconds,
    IReadOnlyList<ServiceBucket> Series,
    IReadOnlyList<ServiceErrorView> Errors,
    IReadOnlyList<CircuitChangeView> Changes,
    IReadOnlyList<ServiceWaiter> WaitingJobs
);

/// <summary>Calls of a service in one bucket of time; buckets without a call are there too.</summary>
public sealed record ServiceBucket(
    DateTimeOffset At,
    long Calls,
    long Failures,
    long Retries,
    long Fallbacks,
    LatencyView? LatencyMs
)
{
    public double? RetriesPer100Calls => Calls == 0 ? null : 100.0 * Retries / Calls;
}

/// <summary>Calls that failed in one way.</summary>
/// <param name="Kind">As the table of failures names it.</param>
/// <param name="Reason">What the last one said.</param>
public sealed record ServiceErrorView(string Kind, long Calls, string? Reason, DateTimeOffset LastAt);

/// <summary>A circuit came into a state.</summary>
/// <param name="ChangedBy">The person who did it; null where it changed by itself.</param>
public sealed record CircuitChangeView(DateTimeOffset At, string State, string? Reason, string? ChangedBy);

/// <summary>A job with a branch that waits for a service.</summary>
/// <param name="DueAt">When it asks again at the latest.</param>
public sealed record ServiceWaiter(
    Guid JobId,
    string ShortId,
    string Name,
    DateTimeOffset Since,
    DateTimeOffset? DueAt
);
