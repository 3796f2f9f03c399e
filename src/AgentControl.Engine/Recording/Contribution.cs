using AgentControl.Core.LanguageModels;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;

namespace AgentControl.Engine.Recording;

/// <summary>One journal entry on its way to disk.</summary>
/// <param name="EventIndex">Which of the contribution's events carries its number; null while the step runs.</param>
/// <param name="ElapsedMs">How long it has run when it is written.</param>
internal sealed record StepRecord(
    string Key,
    string Name,
    string Kind,
    string State,
    int? EventIndex,
    int Attempt,
    byte[]? InputHash,
    byte[]? Result,
    string? Error,
    string? Service,
    string? Usage,
    double ElapsedMs
);

/// <summary>One event on its way to disk.</summary>
internal sealed record EventRecord(
    string Type,
    string Message,
    string? Data = null,
    string Level = "info",
    string? Actor = null
)
{
    /// <summary>As the log can keep it, whatever an agent, an exception or a person put into it.</summary>
    public string Message { get; } = Texts.Clean(Message);

    public string? Actor { get; } = Texts.Clean(Actor, 200);
}

/// <summary>One saved value on its way to disk.</summary>
internal sealed record CheckpointRecord(string Key, byte[] Value, string? Step);

/// <summary>The newest progress.</summary>
internal sealed record ProgressRecord(long Completed, long? Total, string? Stage, string? Detail);

/// <summary>What an attempt asks for at its end; the row's own requests may change it (see <see cref="RecordSql"/>).</summary>
internal sealed record EndRecord
{
    /// <summary>succeeded, failed, cancelled, waiting or queued.</summary>
    public required string State { get; init; }
    public string? Outcome { get; init; }
    public byte[]? Output { get; init; }
    public string? Error { get; init; }
    public required EventRecord Event { get; init; }

    /// <summary>The queue to go on with, for a hand-over.</summary>
    public string? Queue { get; init; }

    /// <summary>Answers that this attempt knew of: another number means that one came meanwhile.</summary>
    public int Wakes { get; init; }

    /// <summary>Give back the strike that the lease took.</summary>
    public bool Orderly { get; init; } = true;

    /// <summary>Wait so long and try again.</summary>
    public double? RetrySeconds { get; init; }

    /// <summary>How long of its time the attempt only waited.</summary>
    public TimeSpan Rested { get; init; }

    /// <summary>What the hand wants next.</summary>
    public LeaseAsk? Next { get; init; }
}

/// <summary>What one branch of a job records together: all of it or nothing.</summary>
internal sealed class Contribution
{
    public List<StepRecord> Steps { get; } = [];
    public List<EventRecord> Events { get; } = [];
    public List<CheckpointRecord> Checkpoints { get; } = [];
    public ProgressRecord? Progress { get; set; }
    public EndRecord? End { get; set; }
    public int Retries { get; set; }

    /// <summary>What a call of a model took; added up for the job.</summary>
    public ModelUsage? Usage { get; set; }
}

/// <summary>What the job's row said when the contribution was committed.</summary>
internal readonly record struct RecordReply(
    DateTimeOffset Now,
    long LastNo,
    bool PauseRequested,
    bool CancelRequested,
    int Wakes,
    string State
)
{
    /// <summary>The job that the hand got with the end of its last one.</summary>
    public LeasedJob? Next { get; init; }
}

/// <summary>Another worker holds the job, or it has ended: nothing was written.</summary>
internal sealed class LeaseLostException(Guid jobId, int epoch)
    : Exception($"The lease of job {jobId} at epoch {epoch} is lost; nothing was written.");
