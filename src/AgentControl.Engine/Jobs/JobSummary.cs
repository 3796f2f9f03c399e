using System.Text.Json.Serialization;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;

namespace AgentControl.Engine.Jobs;

/// <summary>A job as lists and the live feed show it: the contract's job without input and output.</summary>
public record JobSummary
{
    public required Guid Id { get; init; }
    public required string ShortId { get; init; }
    public required string Name { get; init; }
    public required string Agent { get; init; }
    public required string AgentVersion { get; init; }

    /// <summary>The contract's word, see <see cref="JobState"/>.</summary>
    public required string State { get; init; }

    /// <summary>One of <see cref="JobLabel.All"/>.</summary>
    public required string Label { get; init; }
    public WaitingForView? WaitingFor { get; init; }
    public bool PauseRequested { get; init; }
    public bool CancelRequested { get; init; }
    public required string Queue { get; init; }
    public int Priority { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required string Workspace { get; init; }
    public Guid? ParentId { get; init; }
    public Guid? BatchId { get; init; }
    public required string SubmittedBy { get; init; }
    public DateTimeOffset SubmittedAt { get; init; }
    public DateTimeOffset? RunAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public DateTimeOffset? DeadlineAt { get; init; }
    public int TimeoutSeconds { get; init; }
    public int Attempt { get; init; }
    public int MaxAttempts { get; init; }
    public required JobProgressView Progress { get; init; }
    public required JobUsageView Usage { get; init; }
    public JobFailure? Error { get; init; }
    public Guid? ContinuedAs { get; init; }
    public Guid? ForkedFrom { get; init; }

    /// <summary>The name of the schedule that started it.</summary>
    public string? Schedule { get; init; }

    /// <summary>What a person may do now, the main one first.</summary>
    public required IReadOnlyList<string> Actions { get; init; }
    public string? Worker { get; init; }

    /// <summary>Recorded steps.</summary>
    public int Steps { get; init; }
    public string? CurrentStep { get; init; }
    public int Anomalies { get; init; }

    /// <summary>The number of the newest event.</summary>
    public long LastEvent { get; init; }

    /// <summary>Running time so far, waits left out.</summary>
    public double WorkedSeconds { get; init; }

    /// <summary>Who asked for the pause or the cancel, and why.</summary>
    public string? RequestedBy { get; init; }
    public string? RequestReason { get; init; }
    public DateTimeOffset? PausedAt { get; init; }
    public DateTimeOffset QueuedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>It is queued where no live process takes jobs from: it waits until one does. See <see cref="JobQueries.ServedAsync"/>.</summary>
    [JsonIgnore]
    public bool IsUnserved { get; init; }

    /// <summary>It is queued behind this job, which runs under the same concurrency key. See <see cref="JobQueries.ServedAsync"/>.</summary>
    [JsonIgnore]
    public string? KeyHolder { get; init; }

    [JsonIgnore]
    public bool IsFinal => JobStates.Parse(State).IsFinal();
}

/// <summary>The job with what went in and what came out.</summary>
public sealed record JobView : JobSummary
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public JobView(JobSummary summary, RawJson input)
        : base(summary) => Input = input;

    public RawJson Input { get; init; }
    public RawJson? Output { get; init; }
    public RawJson? Budget { get; init; }
    public RawJson? Notify { get; init; }
    public RawJson? ApprovalPolicy { get; init; }
    public int? TtlSeconds { get; init; }
    public string? ConcurrencyKey { get; init; }
    public Guid? ContinuedFrom { get; init; }
    public string? ParentKey { get; init; }
    public int? ParentIndex { get; init; }
    public string? Traceparent { get; init; }
}

/// <summary>Why a parked job does not move.</summary>
/// <param name="Kind">approval, signal, timer, children, service or retry.</param>
public sealed record WaitingForView(
    string Kind,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    Guid? ApprovalId,
    string? Service,
    string? Signal,
    string? Detail
);

/// <summary>How far a job is.</summary>
public sealed record JobProgressView(
    long? Completed,
    long? Total,
    int? Percent,
    string? Stage,
    string? Detail,
    double? EtaSeconds
);

/// <summary>What a job has used so far.</summary>
public sealed record JobUsageView(long InputTokens, long OutputTokens, decimal CostUsd, int Retries, int Recoveries);
