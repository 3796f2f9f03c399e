using AgentControl.Core.Jobs;

namespace AgentControl.Engine.Jobs;

/// <summary>A job that is about to be inserted.</summary>
internal sealed record NewJob
{
    public const int DefaultTimeoutSeconds = 86_400;

    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Agent { get; init; }
    public required string AgentVersion { get; init; }
    public required string Queue { get; init; }
    public required string Workspace { get; init; }
    public required string SubmittedBy { get; init; }

    /// <summary>The person who answers for the submission; none where a program or a schedule did it, and for children.</summary>
    public Guid? Submitter { get; init; }
    public required byte[] Input { get; init; }
    public short Priority { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public Guid? ParentId { get; init; }
    public string? ParentKey { get; init; }
    public int? ParentIndex { get; init; }
    public Guid? BatchId { get; init; }
    public DateTimeOffset? RunAt { get; init; }
    public DateTimeOffset? DeadlineAt { get; init; }
    public int? TtlSeconds { get; init; }
    public int TimeoutSeconds { get; init; } = DefaultTimeoutSeconds;
    public int MaxAttempts { get; init; } = Core.Leases.StrikeRules.DefaultMaxAttempts;
    public string? ConcurrencyKey { get; init; }
    public Guid? ForkedFrom { get; init; }
    public Guid? ContinuedFrom { get; init; }
    public string? Traceparent { get; init; }
    public string? Budget { get; init; }
    public string? Notify { get; init; }
    public string? ApprovalPolicy { get; init; }

    /// <summary>The schedule that started it.</summary>
    public string? Schedule { get; init; }

    public string ShortIdText => ShortId.Of(Id);
}
