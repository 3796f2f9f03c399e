using System.Text.Json;
using AgentControl.Engine.Schedules;
using AgentControl.Web.Jobs;

namespace AgentControl.Web.Schedules;

/// <summary>The body of <c>PUT /schedules/{name}</c>: when, and the job as <c>POST /jobs</c> takes it.</summary>
internal sealed record SaveScheduleRequest
{
    /// <summary>The version that was edited, 0 for a new one; without it whatever is there is replaced.</summary>
    public int? Version { get; init; }
    public string? Cron { get; init; }
    public string? TimeZone { get; init; }
    public string? Agent { get; init; }
    public JsonElement? Input { get; init; }
    public string? Description { get; init; }

    /// <summary>skip, bufferOne, allow or cancelOther.</summary>
    public string? Overlap { get; init; }

    /// <summary>skip, runOnce or runAll.</summary>
    public string? Missed { get; init; }
    public int? CatchUpSeconds { get; init; }
    public DateTimeOffset? StartAt { get; init; }
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>Left out: as it is; a new one is on.</summary>
    public bool? Paused { get; init; }

    /// <summary>The name of its jobs; left out: the schedule's name and the due time.</summary>
    public string? JobName { get; init; }
    public string? Queue { get; init; }
    public short? Priority { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public string? Workspace { get; init; }
    public int? TtlSeconds { get; init; }
    public int? TimeoutSeconds { get; init; }
    public int? MaxAttempts { get; init; }
    public string? ConcurrencyKey { get; init; }
    public JsonElement? Budget { get; init; }
    public JsonElement? Notify { get; init; }
    public JsonElement? ApprovalPolicy { get; init; }

    /// <summary>What it submits, as <c>POST /jobs</c> takes it.</summary>
    public SubmitJobRequest JobRequest() =>
        new()
        {
            Agent = Agent,
            Input = Input,
            Name = JobName,
            Queue = Queue,
            Priority = Priority,
            Tags = Tags,
            Workspace = Workspace,
            TtlSeconds = TtlSeconds,
            TimeoutSeconds = TimeoutSeconds,
            MaxAttempts = MaxAttempts,
            ConcurrencyKey = ConcurrencyKey,
            Budget = Budget,
            Notify = Notify,
            ApprovalPolicy = ApprovalPolicy,
        };

    public ScheduleDefinition Definition()
    {
        var usual = new ScheduleDefinition { Job = JobRequest().ToSubmission(null) };
        return usual with
        {
            Cron = Cron,
            TimeZone = TimeZone,
            Description = Description,
            Overlap = Overlap ?? usual.Overlap,
            Missed = Missed ?? usual.Missed,
            CatchUpSeconds = CatchUpSeconds ?? usual.CatchUpSeconds,
            StartAt = StartAt,
            EndAt = EndAt,
            Paused = Paused,
        };
    }
}

/// <summary>The body of pause; it may be left out.</summary>
internal sealed record PauseScheduleRequest
{
    /// <summary>Shown to others.</summary>
    public string? Reason { get; init; }
}
