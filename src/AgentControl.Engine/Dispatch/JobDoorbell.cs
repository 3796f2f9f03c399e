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
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping.Token);
        await lanes.WorkAsync(queue, context?.BackgroundJob.Id, either.Token);
    }
}

/// <summary>Fires when the process begins to drain: no new lease, steps in hand are finished.</summary>
internal sealed class Stopping : IDisposable
{
    private readonly CancellationTokenSource source = new();

    public CancellationToken Token => source.Token;

    public Task BeginAsync() => source.CancelAsync();

    public void Dispose() => source.Dispose();
}
