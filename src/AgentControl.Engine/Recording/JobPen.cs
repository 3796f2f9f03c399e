using System.Diagnostics;
using AgentControl.Core.Events;

namespace AgentControl.Engine.Recording;

/// <summary>The right of one attempt to write to its job, and what waits to be written.</summary>
internal sealed class JobPen(Guid jobId, int epoch)
{
    private readonly Lock gate = new();
    private List<(Contribution What, TaskCompletionSource<RecordReply> Done)> waiting = [];
    private bool queued;

    public Guid JobId { get; } = jobId;

    public int Epoch { get; } = epoch;

    /// <summary>Parent and fan-out, for the notice at the end.</summary>
    public Guid? ParentId { get; init; }
    public string? ParentKey { get; init; }

    /// <summary>Journal entries are written under the run's generation.</summary>
    public int Generation { get; init; }

    /// <summary>Number of the last contribution that is on disk. The writer alone changes it.</summary>
    public long WriteNo { get; set; }

    /// <summary>When the newest reply came, on the monotonic clock: the lease is good for its length from before then.</summary>
    public long LastReply { get; private set; } = Stopwatch.GetTimestamp();

    /// <summary>What the next batch of this job carries; kept as it is until a reply for it came.</summary>
    public PenBatch? InFlight { get; set; }

    public Task<RecordReply> Add(Contribution contribution)
    {
        var done = new TaskCompletionSource<RecordReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
            waiting.Add((contribution, done));
        return done.Task;
    }

    /// <summary>Takes all that waits as one batch, or nothing.</summary>
    public PenBatch? Take()
    {
        List<(Contribution What, TaskCompletionSource<RecordReply> Done)> taken;
        lock (gate)
        {
            if (waiting.Count == 0)
                return null;
            taken = waiting;
            waiting = [];
        }
        return new PenBatch(WriteNo + 1, taken);
    }

    /// <summary>True for the caller that must put the pen into its writer's queue.</summary>
    public bool TryEnqueue()
    {
        lock (gate)
            return !queued && (queued = true);
    }

    /// <summary>Leaves the writer's queue. False where more was added meanwhile: it goes to the end of the queue.</summary>
    public bool TryLeave()
    {
        lock (gate)
            return !(queued = waiting.Count > 0);
    }

    public void Heard(long sentAt) => LastReply = sentAt;
}

/// <summary>Some contributions of one job that travel together.</summary>
internal sealed class PenBatch(long writeNo, List<(Contribution What, TaskCompletionSource<RecordReply> Done)> parts)
{
    public long WriteNo { get; } = writeNo;

    public IEnumerable<Contribution> Parts => parts.Select(p => p.What);

    public EndRecord? End { get; } = parts.Select(p => p.What.End).LastOrDefault(e => e is not null);

    public ProgressRecord? Progress { get; } = parts.Select(p => p.What.Progress).LastOrDefault(p => p is not null);

    public int EventCount { get; } =
        parts.Sum(p => p.What.Events.Count) + (parts.Exists(p => p.What.End is not null) ? 1 : 0);

    public int StepCount { get; } = parts.Sum(p => p.What.Steps.Count(s => s.State != "running"));

    public int AnomalyCount => Parts.Sum(c => c.Events.Count(e => e.Type == EventTypes.Anomaly));

    public int Retries => Parts.Sum(c => c.Retries);

    public long InputTokens => Parts.Sum(c => c.Usage?.InputTokens ?? 0);

    public long OutputTokens => Parts.Sum(c => c.Usage?.OutputTokens ?? 0);

    /// <summary>US dollars.</summary>
    public decimal Cost => Parts.Sum(c => c.Usage?.CostUsd ?? 0);

    /// <summary>Key of the newest step.</summary>
    public string? LastStep => Parts.SelectMany(c => c.Steps).LastOrDefault()?.Key;

    /// <summary>All events in order, counted from 1 within the batch; the end's own comes last.</summary>
    public IEnumerable<(int Index, EventRecord Event, bool Final)> Numbered()
    {
        var index = 0;
        foreach (var part in Parts)
        foreach (var line in part.Events)
            yield return (++index, line, false);
        if (End is { } end)
            yield return (++index, end.Event, true);
    }

    public void Succeed(RecordReply reply) => parts.ForEach(p => p.Done.TrySetResult(reply));

    public void Fail(Exception problem) => parts.ForEach(p => p.Done.TrySetException(problem));
}
