using System.Collections.Concurrent;
using System.Diagnostics;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Recording;
using Microsoft.Extensions.Hosting;

namespace AgentControl.Engine.Execution;

/// <summary>The attempts of this process, and the pulse that keeps them: heartbeats, starts of long steps, timeouts, cancel grace.</summary>
internal sealed class RunningAttempts(WorkerIdentity worker, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Code that does not listen to its token is left behind after this; the fence keeps it from writing.</summary>
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(30);

    /// <summary>Two of one job where a lost one has not ended yet: it too must hear that it is lost.</summary>
    private readonly ConcurrentDictionary<Attempt, Running> attempts = new();

    /// <summary>Done once there is something to keep: an idle process has no pulse.</summary>
    private volatile TaskCompletionSource any = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count => attempts.Count;

    public IDisposable Add(Attempt attempt)
    {
        attempts[attempt] = new Running(attempt, Stopwatch.GetTimestamp());
        any.TrySetResult();
        return new Removal(() => attempts.TryRemove(attempt, out _));
    }

    /// <summary>Somebody wrote a request on the job's row: look at once instead of at the next heartbeat.</summary>
    public void Nudge(Guid jobId)
    {
        foreach (var attempt in attempts.Keys.Where(a => a.Job.Id == jobId))
            _ = BeatAsync(attempt.RecordAsync(new Contribution()));
    }

    /// <summary>Requests may have gone unheard: every attempt looks.</summary>
    public void NudgeAll()
    {
        foreach (var entry in attempts.Values)
            _ = BeatAsync(entry.Attempt.RecordAsync(new Contribution()));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await SomethingRunsAsync(stoppingToken);
                using var timer = new PeriodicTimer(Beat, time);
                while (!attempts.IsEmpty && await timer.WaitForNextTickAsync(stoppingToken))
                {
                    foreach (var entry in attempts.Values)
                        Look(entry);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The pulse ends after the last attempt was handed back.
        }
    }

    private async Task SomethingRunsAsync(CancellationToken cancellationToken)
    {
        if (!attempts.IsEmpty)
            return;
        any = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // One that came between the look and the new signal set the old one.
        if (attempts.IsEmpty)
            await any.Task.WaitAsync(cancellationToken);
    }

    private void Look(Running entry)
    {
        var attempt = entry.Attempt;
        var silent = Stopwatch.GetElapsedTime(attempt.Pen.LastReply);
        if (silent > worker.Lease - Beat)
        {
            // The lease may have ended on the database's clock: stop before somebody else starts.
            attempt.Stop(StopReason.LeaseLost);
            return;
        }
        if (Stopwatch.GetElapsedTime(entry.Since) > attempt.Job.Remaining)
            attempt.TimeOut("The job ran longer than its timeoutSeconds. Waiting and paused time was not counted.");
        else if (
            attempt.Job.DeadlineAt is { } deadline
            && attempt.Job.Now + Stopwatch.GetElapsedTime(entry.Since) > deadline
        )
            attempt.TimeOut("The job's deadlineAt has passed.");
        if (attempt.Cancellation.IsCancellationRequested)
        {
            entry.StoppedSince ??= Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(entry.StoppedSince.Value) > CancelGrace)
                attempt.End(AttemptEnd.Stopped);
        }
        var unusual = attempt.Unusual();
        if (attempt.TryRecordRunning(out var told))
            _ = BeatAsync(told);
        if (unusual.Count > 0)
            _ = BeatAsync(attempt.TellAsync(unusual));
        else if (told is null && silent > worker.Lease / 3)
            _ = BeatAsync(attempt.RecordAsync(new Contribution()));
    }

    private static async Task BeatAsync(Task recorded)
    {
        try
        {
            await recorded;
        }
        catch (LeaseLostException)
        {
            // The attempt was told by the record itself.
        }
        catch (Npgsql.PostgresException)
        {
            // What rode along was refused; the next step's record says so to the code.
        }
    }

    private sealed class Running(Attempt attempt, long since)
    {
        public Attempt Attempt { get; } = attempt;

        public long Since { get; } = since;

        public long? StoppedSince { get; set; }
    }

    private sealed class Removal(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
