namespace AgentControl.Core.Progress;

/// <summary>How far a job is, for programs and people who read files: section 6 of the contract.</summary>
/// <typeparam name="TWait">What the job waits for.</typeparam>
public sealed record ProgressDocument<TWait>
{
    /// <summary>How many of the newest completed steps are named.</summary>
    public const int MaxSteps = 50;

    /// <summary>How many of the newest anomalies and errors are named.</summary>
    public const int MaxNotes = 20;

    public required Guid JobId { get; init; }
    public required string Name { get; init; }
    public required string Agent { get; init; }
    public required string State { get; init; }
    public string? Stage { get; init; }
    public string? Detail { get; init; }
    public long? Completed { get; init; }
    public long? Total { get; init; }
    public int? Percent { get; init; }
    public string? CurrentStep { get; init; }
    public required IReadOnlyList<CompletedStep> CompletedSteps { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public double? EtaSeconds { get; init; }
    public required IReadOnlyList<ProgressNote> Anomalies { get; init; }
    public required IReadOnlyList<ProgressNote> Errors { get; init; }
    public TWait? WaitingFor { get; init; }
}

/// <param name="Seconds">From its start to its record; null where the start is unknown.</param>
public sealed record CompletedStep(string Key, DateTimeOffset At, double? Seconds);

/// <summary>An anomaly or an error, in the words of its event.</summary>
/// <param name="No">The event's number.</param>
/// <param name="Kind">The anomaly's kind; the event's type for an error.</param>
public sealed record ProgressNote(long No, DateTimeOffset At, string Kind, string Message);
