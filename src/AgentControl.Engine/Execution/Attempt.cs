using System.Diagnostics.CodeAnalysis;
using AgentControl.Core.Agents;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.Steps;
using AgentControl.Engine.Anomalies;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;

namespace AgentControl.Engine.Execution;

/// <summary>One run of a job's code: its journal, its pen, its branches, and how it ends.</summary>
internal sealed class Attempt : IDisposable
{
    private readonly CancellationTokenSource cancel = new();
    private readonly TaskCompletionSource<AttemptEnd> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly HashSet<Scope> scopes = [];
    private readonly HashSet<string> claimed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> versions = new(StringComparer.Ordinal);
    private readonly EventFeed feed;
    private int active = 1;
    private volatile bool hold;

    public Attempt(LeasedJob job, Journal journal, GroupCommitWriter writer, EventFeed feed, AttemptWatch watch)
    {
        (Job, Journal, Writer, this.feed, Anomalies) = (job, journal, writer, feed, watch);
        Pen = new JobPen(job.Id, job.Epoch)
        {
            ParentId = job.ParentId,
            ParentKey = job.ParentKey,
            Generation = job.Generation,
        };
        Info = new JobInfo(
            job.Id,
            job.ShortId,
            job.Name,
            job.Agent,
            job.AgentVersion,
            job.Workspace,
            job.Queue,
            job.Tags,
            job.SubmittedBy,
            job.ParentId,
            job.Epoch
        );
    }

    public LeasedJob Job { get; }

    public JobInfo Info { get; }

    public Journal Journal { get; }

    public GroupCommitWriter Writer { get; }

    public JobPen Pen { get; }

    /// <summary>Fires on cancel, timeout and a lost lease.</summary>
    public CancellationToken Cancellation => cancel.Token;

    /// <summary>What is unusual about it.</summary>
    public AttemptWatch Anomalies { get; }

    /// <summary>What is known of the job's budget.</summary>
    public AttemptBudget Budget { get; } = new();

    /// <summary>Why the token fired.</summary>
    public StopReason Reason { get; private set; }

    /// <summary>What travels with the end.</summary>
    public Contribution Last { get; } = new();

    /// <summary>How long it only waited, on its worker.</summary>
    public RestClock Rests { get; } = new();

    /// <summary>The row after the end was recorded; null where it was not.</summary>
    public RecordReply? Final { get; set; }

    /// <summary>The job that goes on in place of this one.</summary>
    public Guid? Continued { get; set; }

    public string? TimeoutMessage { get; private set; }

    public string? BudgetMessage { get; private set; }

    /// <summary>Completes when the attempt is over for a reason other than the code's own end.</summary>
    public Task<AttemptEnd> Ended => ended.Task;

    /// <summary>Answers that the row knew of when this attempt last heard of it before parking.</summary>
    public int Wakes => Job.Wakes;

    /// <summary>No new step starts: a pause, or the process is asked to stop.</summary>
    public bool Holding => hold;

    /// <summary>True where a branch was stopped before work that it could do: the job is to go on, not to wait.</summary>
    public bool HeldBack { get; private set; }

    /// <summary>What the journal contradicts: the job asks a person instead of going on.</summary>
    public NonDeterminismException? Divergence { get; private set; }

    /// <summary>True once this attempt has recorded a step: earlier strikes no longer count.</summary>
    public bool Progressed { get; private set; }

    /// <summary>How many branches run code at this moment.</summary>
    public int Active => Volatile.Read(ref active);

    public async Task<RecordReply> RecordAsync(Contribution contribution) =>
        await HeedAsync(Writer.WriteAsync(Pen, contribution), contribution);

    private async Task<RecordReply> HeedAsync(Task<RecordReply> written, Contribution contribution)
    {
        try
        {
            var reply = await written;
            if (IsSign(contribution))
                Anomalies.Sign();
            Progressed |= contribution.Steps.Exists(s => s.State != "running");
            Heed(reply);
            return reply;
        }
        catch (LeaseLostException)
        {
            Stop(StopReason.LeaseLost);
            throw;
        }
    }

    /// <summary>Heartbeats and what is unusual say nothing about progress.</summary>
    private static bool IsSign(Contribution contribution) =>
        contribution.Steps.Count > 0 || contribution.Events.Exists(e => e.Type != EventTypes.Anomaly);

    public void Heed(RecordReply reply)
    {
        if (reply.CancelRequested)
            Stop(StopReason.Cancelled);
        if (reply.PauseRequested)
            Hold(StopReason.Paused);
        else if (hold && Reason == StopReason.Paused && Divergence is null)
            (hold, Reason) = (false, StopReason.None);
    }

    public void Stop(StopReason reason)
    {
        lock (gate)
        {
            if (Reason is StopReason.None or StopReason.Paused or StopReason.Draining)
                Reason = reason;
        }
        // What the agent hung on the token runs elsewhere: it may neither throw into nor hold up the pulse and the writer.
        _ = cancel.CancelAsync();
        if (Active == 0 || reason == StopReason.LeaseLost)
            End(AttemptEnd.Stopped);
    }

    public void TimeOut(string message)
    {
        TimeoutMessage = message;
        Stop(StopReason.Timeout);
    }

    /// <summary>A person decided that the job ends with its budget.</summary>
    public void StopForBudget(string message)
    {
        BudgetMessage = message;
        Stop(StopReason.Budget);
    }

    /// <summary>Lets the running steps finish and starts no new one.</summary>
    public void Hold(StopReason reason)
    {
        lock (gate)
        {
            if (Reason == StopReason.None)
                Reason = reason;
        }
        hold = true;
        if (Active == 0)
            End(AttemptEnd.Parked);
    }

    public void End(AttemptEnd end) => ended.TrySetResult(end);

    public void BranchStarts()
    {
        Rests.BranchStarts();
        Interlocked.Increment(ref active);
    }

    /// <summary>A branch ended or waits for something that is not in the journal; the last one parks the job.</summary>
    public void BranchRests()
    {
        Rests.BranchEnds();
        if (Interlocked.Decrement(ref active) == 0)
            End(AttemptEnd.Parked);
    }

    /// <summary>Leaves the branch where it stands: a task that does not complete in this attempt.</summary>
    public Task<T> NeverAsync<T>(Scope scope)
    {
        // Its place goes to the next item first: the job is not parked while there is work to start.
        scope.Rests?.Invoke();
        BranchRests();
        return new TaskCompletionSource<T>().Task;
    }

    /// <summary>Leaves the branch before work that it may not begin now.</summary>
    public Task<T> HoldBackAsync<T>(Scope scope)
    {
        HeldBack = true;
        return NeverAsync<T>(scope);
    }

    /// <summary>Runs a statement of the engine's own. Where the database is away the branch is held back: the job goes on later, and its code never hears of it.</summary>
    public async Task<T> ReachAsync<T>(Scope scope, Func<Task<T>> statement)
    {
        try
        {
            return await statement();
        }
        catch (Exception problem) when (GroupCommitWriter.IsOutage(problem))
        {
            Hold(StopReason.Draining);
            return await HoldBackAsync<T>(scope);
        }
    }

    /// <summary>Code and journal disagree: no branch begins anything more, and no catch block of the agent can look away.</summary>
    public Task<T> DivergeAsync<T>(Scope scope, NonDeterminismException problem)
    {
        Divergence ??= problem;
        hold = true;
        return HoldBackAsync<T>(scope);
    }

    public void Publish(IReadOnlyList<LiveEvent> events) => feed.Publish(events);

    /// <summary>False where this attempt has already run a step under the key.</summary>
    public bool Claim(string key)
    {
        lock (claimed)
            return claimed.Add(key);
    }

    /// <summary>A scope follows the same version of a change from its first question on: the answer to that one, once there is one.</summary>
    public int? VersionOf(string key)
    {
        lock (versions)
            return versions.TryGetValue(key, out var version) ? version : null;
    }

    public int Follow(string key, int version)
    {
        lock (versions)
            return versions[key] = version;
    }

    public void Watch(Scope scope)
    {
        lock (scopes)
            scopes.Add(scope);
    }

    public void Forget(Scope scope)
    {
        lock (scopes)
            scopes.Remove(scope);
    }

    /// <summary>Records what running steps have to say, so that long ones show.</summary>
    /// <returns>False where they have nothing to say.</returns>
    public bool TryRecordRunning([NotNullWhen(true)] out Task? recorded)
    {
        Scope[] all;
        lock (scopes)
            all = [.. scopes];
        var added = new List<Task>();
        foreach (var scope in all)
            scope.FlushRunning(contribution => added.Add(HeedAsync(Pen.Add(contribution), contribution)));
        recorded = added.Count > 0 ? WriteAsync(added) : null;
        return recorded is not null;
    }

    public Task<RecordReply> TellAsync(IReadOnlyList<EventRecord> lines)
    {
        var contribution = new Contribution();
        contribution.Events.AddRange(lines);
        return RecordAsync(contribution);
    }

    /// <summary>What is unusual about the steps that run now, and about how the job gets on.</summary>
    public IReadOnlyList<EventRecord> Unusual()
    {
        if (!Anomalies.HasReason)
            return [];
        RunningStep[] steps;
        lock (scopes)
            steps = [.. scopes.Select(s => s.Running).OfType<RunningStep>()];
        return Anomalies.Look(steps);
    }

    private async Task WriteAsync(List<Task> added)
    {
        Writer.Write(Pen);
        await Task.WhenAll(added);
    }

    public void Dispose()
    {
        cancel.Dispose();
        Budget.Dispose();
    }
}

/// <summary>Why an attempt was told to stop.</summary>
internal enum StopReason
{
    None,
    Cancelled,
    Timeout,
    Budget,
    LeaseLost,
    Paused,
    Draining,
}

/// <summary>How an attempt ended from outside the code.</summary>
internal enum AttemptEnd
{
    /// <summary>Every branch waits.</summary>
    Parked,

    /// <summary>The token fired.</summary>
    Stopped,

    /// <summary>The end is already on disk (hand-over, continue as new).</summary>
    Recorded,
}
