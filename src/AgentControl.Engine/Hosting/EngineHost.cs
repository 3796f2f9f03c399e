using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Execution;
using AgentControl.Engine.Queues;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Hosting;

/// <summary>Opens the lanes when everything else runs, and drains them first when the process stops.</summary>
internal sealed class EngineHost(
    QueueGates queues,
    HangfireServers servers,
    RunningAttempts running,
    Stopping stopping,
    EngineOptions options,
    TimeProvider time,
    ILogger<EngineHost> log
) : IHostedLifecycleService
{
    /// <summary>Steps in hand may finish within this; what still runs is found by the next process.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(20);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!options.RunsJobs)
            return;
        await queues.OpenAsync(cancellationToken);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await stopping.BeginAsync();
        servers.SendStop();
        var until = time.GetTimestamp();
        while (
            running.Count > 0 && time.GetElapsedTime(until) < DrainTime && !cancellationToken.IsCancellationRequested
        )
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, CancellationToken.None);
        if (running.Count > 0)
            Log.NotDrained(log, running.Count);
        servers.Dispose();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
