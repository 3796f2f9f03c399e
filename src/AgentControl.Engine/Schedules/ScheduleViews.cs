using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AgentControl.Core.Json;

namespace AgentControl.Engine.Schedules;

/// <summary>A schedule as lists show it: without its input.</summary>
public record ScheduleSummary
{
    public required string Name { get; init; }
    public required int Version { get; init; }
    public string? Description { get; init; }
    public required string Cron { get; init; }
    public required string TimeZone { get; init; }

    /// <summary>The rule in words.</summary>
    public required string Sentence { get; init; }
    public required string Overlap { get; init; }
    public required string Missed { get; init; }
    public required int CatchUpSeconds { get; init; }
    public DateTimeOffset? StartAt { get; init; }
    public DateTimeOffset? EndAt { get; init; }
    public required string Workspace { get; init; }
    public required string Agent { get; init; }
    public bool Paused { get; init; }
    public string? PausedBy { get; init; }
    public DateTimeOffset? PausedAt { get; init; }
    public string? PauseReason { get; init; }

    /// <summary>Null while it is paused and after its last due time.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>Who saved it last: its jobs belong to them.</summary>
    public required string Owner { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>The newest ten, newest first.</summary>
    public IReadOnlyList<ScheduleRunView> Runs { get; init; } = [];

    public virtual bool Equals(ScheduleSummary? other) =>
        other is not null
        && EqualityContract == other.EqualityContract
        && (Name, Version, Paused, PausedBy, PauseReason, NextAt)
            == (other.Name, other.Version, other.Paused, other.PausedBy, other.PauseReason, other.NextAt)
        && Runs.SequenceEqual(other.Runs);

    public override int GetHashCode() => HashCode.Combine(Name, Version, NextAt, Paused);
}

/// <summary>A schedule with everything that it submits.</summary>
public sealed record ScheduleView : ScheduleSummary
{
    [SetsRequiredMembers]
    internal ScheduleView(ScheduleSummary summary, ScheduledJob job, RawJson input)
        : base(summary)
    {
        Input = input;
        (JobName, Queue, Priority, Tags) = (job.Name, job.Queue, job.Priority, job.Tags);
        (TtlSeconds, TimeoutSeconds, MaxAttempts) = (job.TtlSeconds, job.TimeoutSeconds, job.MaxAttempts);
        ConcurrencyKey = job.ConcurrencyKey;
        (Budget, Notify, ApprovalPolicy) = (job.Budget, job.Notify, job.ApprovalPolicy);
    }

    public RawJson Input { get; init; }

    /// <summary>The name of its jobs; null names them after the schedule and their time.</summary>
    public string? JobName { get; init; }
    public string? Queue { get; init; }
    public int Priority { get; init; }
    public IReadOnlyList<string> Tags { get; init; }
    public int? TtlSeconds { get; init; }
    public int? TimeoutSeconds { get; init; }
    public int? MaxAttempts { get; init; }
    public string? ConcurrencyKey { get; init; }
    public JsonElement? Budget { get; init; }
    public JsonElement? Notify { get; init; }
    public JsonElement? ApprovalPolicy { get; init; }

    /// <summary>The next five due times.</summary>
    public IReadOnlyList<DateTimeOffset> NextRuns { get; init; } = [];

    public bool Equals(ScheduleView? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}

/// <summary>One line of a schedule's history.</summary>
/// <param name="DueAt">The due time; the moment of the wish where a person started it.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Trigger">due, catchUp or manual.</param>
/// <param name="Outcome">started, waiting, skipped or failed.</param>
/// <param name="Cause">overlap, missed, replaced, paused or refused; null where it started.</param>
/// <param name="Reason">The same for people.</param>
/// <param name="Times">For how many due times the line stands.</param>
/// <param name="State">The job's state.</param>
/// <param name="Label">The job's label.</param>
public sealed record ScheduleRunView(
    Guid Id,
    DateTimeOffset DueAt,
    DateTimeOffset At,
    string Trigger,
    string Outcome,
    string? Cause,
    string? Reason,
    int Times,
    string? StartedBy,
    Guid? JobId,
    string? ShortId,
    string? JobName,
    string? State,
    string? Label,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt
);

/// <summary>What a rule means: in words, and the next due times.</summary>
public sealed record SchedulePreview(string Sentence, IReadOnlyList<DateTimeOffset> NextRuns);
