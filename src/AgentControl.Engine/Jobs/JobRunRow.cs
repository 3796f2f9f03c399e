namespace AgentControl.Engine.Jobs;

/// <summary>The moving part of a job: narrow, updated in place by each record.</summary>
public sealed class JobRunRow
{
    public Guid JobId { get; init; }

    /// <summary>One of <see cref="Core.Jobs.JobState"/>, in lower case.</summary>
    public required string State { get; set; }

    /// <summary>The fencing number: one more with each lease.</summary>
    public int Epoch { get; set; }
    public string? Worker { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }
    public required string Queue { get; set; }
    public short Priority { get; set; }

    /// <summary>Before all others of its queue: a person's answer that found no place on the resume lane.</summary>
    public bool Front { get; set; }

    /// <summary>Waits for the resume lane: a person or a signal woke it.</summary>
    public bool Resume { get; set; }

    /// <summary>Its age in the queue.</summary>
    public DateTimeOffset QueuedAt { get; set; }
    public DateTimeOffset? RunAt { get; set; }

    /// <summary>Number of the job's newest event.</summary>
    public long LastNo { get; set; }

    /// <summary>Number of the last contribution of the lease's writer.</summary>
    public long WriteNo { get; set; }

    /// <summary>Answers so far: parking compares it.</summary>
    public int Wakes { get; set; }
    public int Strikes { get; set; }

    /// <summary>Leases so far that began by themselves or after a failure; shown to people.</summary>
    public int Attempt { get; set; }

    /// <summary>Counts human retries: journal entries of older generations are history.</summary>
    public int Generation { get; set; }
    public bool PauseRequested { get; set; }
    public bool CancelRequested { get; set; }

    /// <summary>Who asked for pause or cancel, and why.</summary>
    public string? RequestedBy { get; set; }
    public string? RequestReason { get; set; }
    public DateTimeOffset? PausedAt { get; set; }
    public bool Recovering { get; set; }
    public bool BackingOff { get; set; }
    public string? WaitingKind { get; set; }
    public DateTimeOffset? WaitingSince { get; set; }
    public DateTimeOffset? WaitingUntil { get; set; }
    public Guid? WaitingApproval { get; set; }
    public string? WaitingDetail { get; set; }

    /// <summary>The failure's type, or <c>rejected</c>.</summary>
    public string? Outcome { get; set; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? LeasedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Running time of ended attempts, in milliseconds.</summary>
    public long WorkedMs { get; set; }

    /// <summary>Of that, in milliseconds, pauses between tries in which nothing of the job ran.</summary>
    public long RestedMs { get; set; }
    public long? ProgressCompleted { get; set; }
    public long? ProgressTotal { get; set; }
    public string? ProgressStage { get; set; }
    public string? ProgressDetail { get; set; }

    /// <summary>The newest recorded step's key, for the progress document.</summary>
    public string? CurrentStep { get; set; }
    public int Steps { get; set; }
    public int Anomalies { get; set; }
    public int Retries { get; set; }
    public int Recoveries { get; set; }
    public long InputTokens { get; set; }
    public long OutputTokens { get; set; }
    public decimal CostUsd { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>One of <see cref="Core.Jobs.JobLabel.All"/>; the database computes it.</summary>
    public string Label { get; private set; } = null!;
}
