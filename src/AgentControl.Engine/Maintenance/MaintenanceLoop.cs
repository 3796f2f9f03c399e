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
        catch (SemaphoreFullException)
        {
            // Two rang at once: one round serves both.
        }
    }

    /// <summary>One round; returns how long the next may wait, or null for <see cref="Pause"/>.</summary>
    protected abstract Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
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
            await SleepAsync(next is { } soon && soon < Pause ? soon : Pause, stoppingToken);
        }
    }

    private async Task SleepAsync(TimeSpan pause, CancellationToken stoppingToken)
    {
        if (pause <= TimeSpan.Zero)
            return;
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var rung = bell.WaitAsync(wake.Token);
        await Task.WhenAny(rung, Task.Delay(pause, time, wake.Token));
        await wake.CancelAsync();
        try
        {
            await rung;
        }
        catch (OperationCanceledException)
        {
            // The pause was over first.
        }
    }

    public override void Dispose()
    {
        bell.Dispose();
        base.Dispose();
    }
}
