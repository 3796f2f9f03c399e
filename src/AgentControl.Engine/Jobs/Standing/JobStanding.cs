namespace AgentControl.Engine.Jobs.Standing;

/// <summary>Why a job stands still: what it waits for, since when, until when, and who can change that.</summary>
public sealed record JobStanding
{
    /// <summary>Its place, where it is queued.</summary>
    public QueueStanding? Queue { get; init; }

    /// <summary>What its branches wait for, what is due first in front; at most <see cref="JobStandingQueries.MaxWaits"/>.</summary>
    public IReadOnlyList<StandingWait> Waits { get; init; } = [];

    /// <summary>All open waits.</summary>
    public int WaitCount { get; init; }

    /// <summary>Steps that have begun and not ended, where it is asked to stop; at most <see cref="JobStandingQueries.MaxWaits"/>.</summary>
    public IReadOnlyList<StandingStep> Steps { get; init; } = [];

    /// <summary>The instant past which it fails, from its deadline or its time to live.</summary>
    public DateTimeOffset? GivenUpAt { get; init; }
}

/// <summary>A job's place in its queue and what stands in its way.</summary>
/// <param name="Before">Jobs that the queue takes first; counting ends at <see cref="JobStandingQueries.MaxBefore"/>.</param>
/// <param name="OldestSince">Since when the oldest job of the queue waits.</param>
/// <param name="Workers">In all live processes; null where only other processes' configuration knows.</param>
/// <param name="Running">Jobs of the queue that run now.</param>
/// <param name="ServesAgent">Whether a live process of this queue serves the job's agent in its version.</param>
/// <param name="KeyHolder">The job that runs under the same concurrency key.</param>
public sealed record QueueStanding(
    string Name,
    int Before,
    DateTimeOffset? OldestSince,
    int? Workers,
    long Running,
    int Processes,
    bool ServesAgent,
    bool Paused,
    string? ChangedBy,
    DateTimeOffset? ChangedAt,
    bool Held,
    string? HeldBy,
    DateTimeOffset? HeldSince,
    string? ConcurrencyKey,
    string? KeyHolder
);

/// <summary>One open wait of a branch.</summary>
/// <param name="Kind">approval, signal, timer, children, service or retry.</param>
/// <param name="Target">The signal's or the service's name.</param>
/// <param name="Title">The request's title, or the step that is tried again.</param>
/// <param name="Approvers">Who may decide; empty for everyone with the role.</param>
/// <param name="Votes">Approvals so far.</param>
/// <param name="OnExpire">What time does to the request.</param>
/// <param name="InfoAskedBy">Who asked for more before deciding.</param>
/// <param name="DeliverAt">When a decision that was made reaches the job, where it may still be undone.</param>
/// <param name="CircuitState">Of the service: open, probing or blocked.</param>
/// <param name="CircuitUntil">When it is tried again, or the block ends.</param>
/// <param name="Reason">Why the circuit opened, or what the last try said.</param>
/// <param name="Ended">Children that have ended.</param>
/// <param name="Total">Of so many.</param>
/// <param name="Tries">So far.</param>
public sealed record StandingWait(
    string Kind,
    string? Target,
    DateTimeOffset Since,
    DateTimeOffset? Until,
    Guid? ApprovalId,
    string? Title,
    string? Approvers,
    int? Votes,
    int? Required,
    string? OnExpire,
    string? InfoAskedBy,
    DateTimeOffset? DeliverAt,
    string? CircuitState,
    DateTimeOffset? CircuitUntil,
    string? ChangedBy,
    string? Reason,
    int? Ended,
    int? Total,
    int? Tries
);

/// <summary>A step under way.</summary>
public sealed record StandingStep(string Name, DateTimeOffset Since);
