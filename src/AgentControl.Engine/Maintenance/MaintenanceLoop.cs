using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Maintenance;

/// <summary>A round that comes again after a pause, or at once when somebody rings. A round that fails is logged and tried again.</summary>
internal abstract class MaintenanceLoop(TimeProvider time, ILogger log) : BackgroundService
{
    private readonly SemaphoreSlim bell = new(0, 1);

    /// <summary>Longest pause between two rounds.</summary>
    protected abstract TimeSpan Pause { get; }

    /// <summary>Asks for a round now.</summary>
    public void Ring()
    {
        try
        {
            if (bell.CurrentCount == 0)
                bell.Release();
        }
        catch (Exception late) when (late is SemaphoreFullException or ObjectDisposedException)
        {
            // Two rang at once, and one round serves both; or nobody listens any more.
        }
    }

    /// <summary>One round; returns how long the next may wait, or null for <see cref="Pause"/>.</summary>
    protected abstract Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        // The end of a pause is a ring like any other.
        await using var pauseEnd = time.CreateTimer(
            _ => Ring(),
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan? next = null;
            try
            {
                next = await RoundAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                Log.RoundFailed(log, problem, GetType().Name);
            }
            await SleepAsync(pauseEnd, next is { } soon && soon < Pause ? soon : Pause, stoppingToken);
        }
    }

    private async Task SleepAsync(ITimer pauseEnd, TimeSpan pause, CancellationToken stoppingToken)
    {
        if (pause <= TimeSpan.Zero)
            return;
        pauseEnd.Change(pause, Timeout.InfiniteTimeSpan);
        try
        {
            await bell.WaitAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // It stops.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        bell.Dispose();
    }
}
