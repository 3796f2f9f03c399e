using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Workspaces;

/// <summary>Sweeps once an hour, on every node: a second sweep finds nothing and harms nothing.</summary>
internal sealed class WorkspaceSweepLoop(WorkspaceSweeper sweeper, TimeProvider time, ILogger<WorkspaceSweepLoop> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await sweeper.SweepAsync(stoppingToken);
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                WorkspaceLog.SweepFailed(log, problem);
            }
        }
    }
}
