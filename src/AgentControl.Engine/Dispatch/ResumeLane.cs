using AgentControl.Engine.Execution;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Queues;
using Hangfire.Server;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Dispatch;

/// <summary>Runs what a person's answer woke on hands of its own, inside the Hangfire server: a full queue never delays a decision.</summary>
internal sealed class ResumeLane(
    LeaseStore leases,
    AttemptRunner runner,
    ResumeSignal signal,
    ResumeLaneOptions options,
    Stopping stopping,
    QueueHold hold,
    ILogger<ResumeLane> log
) : IBackgroundProcess
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(2);

    public void Execute(BackgroundProcessContext context)
    {
#pragma warning disable VSTHRD002 // Hangfire gives a process a thread of its own
        RunOneAsync(context.StoppingToken).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    private async Task RunOneAsync(CancellationToken hangfire)
    {
        using var either = stopping.Linked(hangfire);
        try
        {
            await signal.WaitAsync(options.Poll, either.Token);
            while (!either.IsCancellationRequested && !hold.IsHeld)
            {
                var jobs = await leases.TakeResumedAsync(1, CancellationToken.None);
                if (jobs.Count == 0)
                    return;
                await runner.RunAsync(jobs[0], either.Token);
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The process stops.
        }
        catch (Npgsql.NpgsqlException problem)
        {
            Log.RoundFailed(log, problem, nameof(ResumeLane));
            await Task.Delay(TryAgainAfter, CancellationToken.None);
        }
    }
}
