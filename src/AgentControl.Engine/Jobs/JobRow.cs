using AgentControl.Core.Jobs;
using AgentControl.Engine.Failures;

namespace AgentControl.Engine.Jobs;

/// <summary>What never changes about a job, but for name, priority and tags, which a person may edit.</summary>
public sealed class JobRow
{
    public Guid Id { get; init; }
    public required string ShortId { get; init; }
    public required string Name { get; set; }
    public required string Agent { get; init; }
    public required string AgentVersion { get; init; }
    public required string Queue { get; init; }
    public string[] Tags { get; set; } = [];
    public required string Workspace { get; init; }
    public Guid? ParentId { get; init; }

    /// <summary>Key of the parent's fan-out and the place in it.</summary>
    public string? ParentKey { get; init; }
    public int? ParentIndex { get; init; }
    public Guid? BatchId { get; init; }
    public required string SubmittedBy { get; init; }

    /// <summary>The person behind <see cref="SubmittedBy"/>; none for programs, schedules and children.</summary>
    public Guid? Submitter { get; init; }
    public DateTimeOffset SubmittedAt { get; init; }
    public DateTimeOffset? DeadlineAt { get; init; }
    public int? TtlSeconds { get; init; }
    public int TimeoutSeconds { get; init; }
    public int MaxAttempts { get; init; }
    public string? ConcurrencyKey { get; init; }
    public Guid? ForkedFrom { get; init; }
    public Guid? ContinuedFrom { get; init; }
    public string? Traceparent { get; init; }

    /// <summary>UTF-8 JSON, at most 1 MiB.</summary>
    public required byte[] Input { get; init; }

    /// <summary>JSON objects for later concerns of the submission: budget, notify, approvalPolicy.</summary>
    public string? Budget { get; init; }
    public string? Notify { get; init; }
    public string? ApprovalPolicy { get; init; }

    /// <summary>The name of the schedule that started it.</summary>
    public string? Schedule { get; init; }
    public JobRunRow Run { get; init; } = null!;
    public JobResultRow? Result { get; init; }

    /// <summary>Each time that it failed, as far as the log was looked through.</summary>
    public ICollection<JobFailureRow> Failures { get; init; } = [];
}
