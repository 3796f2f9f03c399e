namespace AgentControl.Web.Jobs.Timeline;

/// <summary>One entry of the journal as the timeline needs it.</summary>
/// <param name="State">running, completed, failed or superseded.</param>
public sealed record TimelineStep(
    string Key,
    string Name,
    string Kind,
    string State,
    int Attempt,
    DateTimeOffset StartedAt,
    DateTimeOffset? CompletedAt,
    string? Error = null,
    string? Service = null
)
{
    /// <summary>Waits of the journal: the job did nothing in this branch.</summary>
    public bool IsWait => Kind is "approval" or "signal" or "timer" or "children" or "retry" or "service";

    public IReadOnlyList<TimelineTry> Tries { get; init; } = [];

    /// <summary>When it did something: not while it waited, and not in its back-offs. One that goes on ends at <paramref name="now"/>.</summary>
    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Busy(DateTimeOffset now)
    {
        if (IsWait)
            yield break;
        var end = CompletedAt ?? now;
        var from = StartedAt;
        foreach (var failed in Tries)
        {
            yield return (from, failed.FailedAt);
            from = failed.Until is { } until && until < end ? until : end;
        }
        yield return (from, end);
    }
}

/// <summary>One try of a step that did not end it: it failed, then the step backed off.</summary>
/// <param name="Until">When the next try began, or begins.</param>
public sealed record TimelineTry(int No, DateTimeOffset FailedAt, DateTimeOffset? Until, string Reason);

/// <summary>The job could have run and no worker had taken it yet.</summary>
/// <param name="To">Null while it still waits for one.</param>
public sealed record QueueSpan(DateTimeOffset From, DateTimeOffset? To);

/// <summary>Something that happened to the whole job at one moment.</summary>
public sealed record TimelineMark(MarkKind Kind, DateTimeOffset At, string Text);

public enum MarkKind
{
    /// <summary>◆ a value was stashed.</summary>
    Checkpoint,

    /// <summary>⟲ an attempt began after one that had not ended by itself.</summary>
    Recovery,
}
