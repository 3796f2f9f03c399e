using AgentControl.Core.Agents;
using AgentControl.Core.Anomalies;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.Leases;
using AgentControl.Core.Steps;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Events;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Execution;

/// <summary>Runs one attempt from its lease to its end. Never throws but for a broken process: what goes wrong is the job's story.</summary>
internal sealed class AttemptRunner(
    EnginePool database,
    Writers writers,
    AgentCatalog agents,
    AttemptFactory factory,
    RunningAttempts running,
    EventFeed feed,
    AttemptAftermath aftermath,
    IServiceProvider services,
    ILogger<AttemptRunner> log
)
{
    private const int MaxLoads = 20;
    private static readonly TimeSpan BetweenLoads = TimeSpan.FromMilliseconds(100);

    /// <param name="next">Asked at the end: what the hand wants next, which then comes with the end's own commit.</param>
    /// <returns>The job that the hand was given; null where it has to ask.</returns>
    public async Task<LeasedJob?> RunAsync(LeasedJob job, CancellationToken stopping, Func<LeaseAsk?>? next = null)
    {
        Attempt? attempt = null;
        try
        {
            var journal = job.Steps > 0 || job.Epoch > 1 ? await LoadAsync(job.Id) : new Journal();
            attempt = new Attempt(job, journal, writers.For(job.Id), feed, factory.Watch(job, journal));
            using var watch = running.Add(attempt);
            using var stop = stopping.Register(() => attempt.Hold(StopReason.Draining));
            var end = await RunToEndAsync(attempt);
            return end is null ? null : await FinishAsync(attempt, end, next?.Invoke());
        }
        catch (LeaseLostException)
        {
            Log.LeaseLost(log, job.Id, job.Epoch);
        }
        catch (Exception problem)
        {
            // The row keeps the lease until it ends; the sweeper goes on from there.
            Log.AttemptBroke(log, problem, job.Id, job.Epoch);
        }
        finally
        {
            if (attempt is not null)
                aftermath.After(attempt);
        }
        return null;
    }

    /// <summary>A connection that died in the pool costs a moment, not the attempt.</summary>
    private async Task<Journal> LoadAsync(Guid job)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await Journal.LoadAsync(database, job, CancellationToken.None);
            }
            catch (Exception problem) when (tries < MaxLoads && GroupCommitWriter.IsOutage(problem))
            {
                await Task.Delay(BetweenLoads, CancellationToken.None);
            }
        }
    }

    private async Task<EndRecord?> RunToEndAsync(Attempt attempt)
    {
        var job = attempt.Job;
        var root = new Scope("", job.StartedAt);
        attempt.Watch(root);
        var context = factory.Create(attempt, root);
        await using var scope = services.CreateAsyncScope();
        var code = RunCodeAsync(scope.ServiceProvider, attempt, context);
        var first = await Task.WhenAny(code, attempt.Ended);
        if (first == attempt.Ended && await attempt.Ended is AttemptEnd.Recorded)
            return null;
        if (first == code)
        {
            var end = await code;
            if (end is not null)
                Trail(attempt, root, end);
            return end;
        }
        return
            attempt.Divergence is { } problem
            && attempt.Reason is StopReason.None or StopReason.Paused or StopReason.Draining
            ? await factory.AskNonDeterminismAsync(attempt, problem)
            : EndOf(attempt);
    }

    /// <summary>Runs the agent's code; null where the end is decided outside of it.</summary>
    private async Task<EndRecord?> RunCodeAsync(IServiceProvider provider, Attempt attempt, IJobContext context)
    {
        try
        {
            var agent =
                agents.Find(attempt.Job.Agent)
                ?? throw new PermanentFailureException(
                    "agentMissing",
                    $"No agent '{attempt.Job.Agent}' is registered in this process."
                );
            // Off the caller's stack: code that blocks at once must not hold up the lease loop.
            var output = await Task.Run(() =>
                agent.RunAsync(provider, attempt.Job.Input, context, attempt.Cancellation)
            );
            if (output.Length > StepRunner.MaxResultBytes)
                throw new PermanentFailureException(
                    "outputTooLarge",
                    $"The output has {output.Length:N0} bytes; at most {StepRunner.MaxResultBytes:N0} are kept. Write it to a file of the workspace and return its path."
                );
            return AttemptEnds.Succeeded(output, attempt);
        }
        catch (LeaseLostException)
        {
            throw;
        }
        catch (OperationCanceledException) when (attempt.Cancellation.IsCancellationRequested)
        {
            return EndOf(attempt);
        }
        catch (NonDeterminismException problem)
        {
            return await factory.AskNonDeterminismAsync(attempt, problem);
        }
        catch (Exception problem)
        {
            return AttemptEnds.Failed(problem, attempt);
        }
    }

    /// <summary>What the code said behind its last step goes with the end; entries that nobody read are told.</summary>
    private static void Trail(Attempt attempt, Scope root, EndRecord end)
    {
        root.Flush(attempt.Last);
        if (end.State != "succeeded")
            return;
        var unread = attempt.Journal.Unread.Select(e => e.Key).Take(10).ToArray();
        if (unread.Length > 0)
            attempt.Last.Events.Add(
                new(
                    EventTypes.Anomaly,
                    $"The journal holds {unread.Length} entries that the code did not ask for, the first '{unread[0]}'",
                    EventData.Of(
                        new
                        {
                            kind = AnomalyKinds.NonDeterminism,
                            cause = "unread",
                            amount = unread.Length,
                            usual = 0,
                            unit = "entries",
                            step = unread[0],
                            keys = unread,
                        }
                    ),
                    "warning"
                )
            );
    }

    private static EndRecord? EndOf(Attempt attempt) =>
        attempt.Reason switch
        {
            StopReason.LeaseLost => null,
            StopReason.Cancelled => AttemptEnds.Cancelled(attempt),
            StopReason.Timeout => AttemptEnds.TimedOut(attempt),
            StopReason.Budget => AttemptEnds.BudgetSpent(attempt),
            StopReason.Draining when attempt.HeldBack => AttemptEnds.Released(
                attempt,
                "Handed back before its next step"
            ),
            // A pause that was withdrawn meanwhile leaves work undone: the row says whether it pauses or goes on.
            _ when attempt.HeldBack => AttemptEnds.Released(attempt, "Held back before its next step"),
            _ => AttemptEnds.Parked(attempt),
        };

    private static async Task<LeasedJob?> FinishAsync(Attempt attempt, EndRecord end, LeaseAsk? next)
    {
        attempt.Last.End = end with { Next = next, Rested = attempt.Rests.Total };
        var row = await attempt.Writer.WriteAsync(attempt.Pen, attempt.Last);
        attempt.Final = row;
        return row.Next;
    }
}
