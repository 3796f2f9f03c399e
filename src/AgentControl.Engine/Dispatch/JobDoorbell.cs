using Hangfire;
using Hangfire.Server;

namespace AgentControl.Engine.Dispatch;

/// <summary>Hangfire's entry point: a bell for a lane. The job's row decides whether there is anything to do.</summary>
internal sealed class JobDoorbell(Lanes lanes, HangfireDispatcher dispatcher, Stopping stopping)
{
    /// <param name="job">The submission that rang, for people who look at the dashboard; the lane's order decides what runs.</param>
    [AutomaticRetry(Attempts = 3, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public async Task AnswerAsync(string queue, Guid? job, PerformContext? context, CancellationToken cancellationToken)
    {
        dispatcher.Answered(queue);
        using var either = stopping.Linked(cancellationToken);
        await lanes.WorkAsync(queue, context?.BackgroundJob.Id, either.Token);
    }
}

/// <summary>Fires when the process begins to stop or to drain: no new lease, steps in hand are finished.</summary>
internal sealed class Stopping : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private volatile CancellationTokenSource drain = new();

    /// <summary>For one attempt after the other: one that begins after a drain has ended needs a token of its own.</summary>
    public CancellationTokenSource Linked(CancellationToken hangfire) =>
        CancellationTokenSource.CreateLinkedTokenSource(hangfire, stop.Token, drain.Token);

    public Task BeginAsync() => stop.CancelAsync();

    public Task DrainAsync() => drain.CancelAsync();

    /// <summary>The process takes jobs again.</summary>
    public void EndDrain()
    {
        // The cancelled one is left to whoever still looks at it.
        if (drain.IsCancellationRequested)
            drain = new CancellationTokenSource();
    }

    public void Dispose()
    {
        stop.Dispose();
        drain.Dispose();
    }
}
