namespace AgentControl.Engine.Schedules;

/// <summary>What became of a due time, or of a person's wish to run now.</summary>
public sealed class ScheduleRunRow
{
    public Guid Id { get; init; }
    public required string Schedule { get; init; }

    /// <summary>The due time; the moment of the wish where a person started it.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="RunWords"/>: due, catchUp or manual.</summary>
    public required string Trigger { get; init; }

    /// <summary>One of <see cref="RunWords"/>: started, waiting, skipped or failed.</summary>
    public required string Outcome { get; init; }

    /// <summary>Why it did not start, as a word.</summary>
    public string? Cause { get; init; }

    /// <summary>The same for people.</summary>
    public string? Reason { get; init; }

    /// <summary>For how many due times this line stands.</summary>
    public int Times { get; init; }
    public Guid? JobId { get; init; }

    /// <summary>Who started it.</summary>
    public string? StartedBy { get; init; }
}

/// <summary>The words of a run.</summary>
public static class RunWords
{
    /// <summary>Its time came.</summary>
    public const string Due = "due";

    /// <summary>Its time was missed, and it runs late.</summary>
    public const string CatchUp = "catchUp";

    /// <summary>A person started it.</summary>
    public const string Manual = "manual";

    public const string Started = "started";

    /// <summary>It starts when the earlier run has ended.</summary>
    public const string Waiting = "waiting";

    public const string Skipped = "skipped";

    /// <summary>Its job was refused.</summary>
    public const string Failed = "failed";

    /// <summary>An earlier run has not ended.</summary>
    public const string Overlap = "overlap";

    /// <summary>No engine ran at its time.</summary>
    public const string Missed = "missed";

    /// <summary>A later run took its place.</summary>
    public const string Replaced = "replaced";

    /// <summary>The schedule was paused while it waited.</summary>
    public const string Paused = "paused";

    /// <summary>The job could not be submitted.</summary>
    public const string Refused = "refused";
}
