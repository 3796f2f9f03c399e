namespace AgentControl.Engine.Schedules;

/// <summary>When which job is started.</summary>
public sealed class ScheduleRow
{
    public required string Name { get; init; }

    /// <summary>One more with each change.</summary>
    public int Version { get; init; }
    public string? Description { get; init; }
    public required string Cron { get; init; }
    public required string TimeZone { get; init; }

    /// <summary>A word of <see cref="Core.Schedules.OverlapRule"/>.</summary>
    public required string Overlap { get; init; }

    /// <summary>A word of <see cref="Core.Schedules.MissedRule"/>.</summary>
    public required string Missed { get; init; }

    /// <summary>Due times that were missed longer ago than this are never run.</summary>
    public int CatchUpSeconds { get; init; }
    public DateTimeOffset? StartAt { get; init; }
    public DateTimeOffset? EndAt { get; init; }
    public required string Workspace { get; init; }
    public required string Agent { get; init; }

    /// <summary>The rest of the submission as JSON: <see cref="ScheduledJob"/>.</summary>
    public required string Job { get; init; }

    /// <summary>UTF-8 JSON, at most 1 MiB.</summary>
    public required byte[] Input { get; init; }
    public bool Paused { get; init; }
    public string? PausedBy { get; init; }
    public DateTimeOffset? PausedAt { get; init; }
    public string? PauseReason { get; init; }

    /// <summary>The next due time; null while it is paused and after its end.</summary>
    public DateTimeOffset? NextAt { get; set; }

    /// <summary>Who saved it last: its jobs belong to them.</summary>
    public required string Owner { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ChangedAt { get; init; }
}
