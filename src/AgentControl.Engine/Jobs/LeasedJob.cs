namespace AgentControl.Engine.Jobs;

/// <summary>A job in the hands of this process: everything an attempt needs to begin.</summary>
internal sealed record LeasedJob
{
    public required Guid Id { get; init; }
    public required string ShortId { get; init; }
    public required string Name { get; init; }
    public required string Agent { get; init; }
    public required string AgentVersion { get; init; }
    public required string Workspace { get; init; }
    public required string Queue { get; init; }
    public required string[] Tags { get; init; }
    public required string SubmittedBy { get; init; }
    public Guid? ParentId { get; init; }
    public string? ParentKey { get; init; }
    public required byte[] Input { get; init; }
    public required int Epoch { get; init; }
    public required int Strikes { get; init; }
    public required int MaxAttempts { get; init; }
    public required int Generation { get; init; }
    public required int Wakes { get; init; }

    /// <summary>Recorded steps so far: zero needs no journal query.</summary>
    public required int Steps { get; init; }
    public required bool Recovered { get; init; }
    public required DateTimeOffset Now { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Running time that is left until the job's timeout.</summary>
    public required TimeSpan Remaining { get; init; }
    public DateTimeOffset? DeadlineAt { get; init; }

    /// <summary>Number of the last event that the lease wrote.</summary>
    public required long LastNo { get; init; }
    public required int Attempt { get; init; }

    /// <summary>It has a concurrency key.</summary>
    public bool HasKey { get; init; }
}
