using AgentControl.Engine.Maintenance;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Workspaces;

/// <summary>Sweeps once an hour, on every node: a second sweep finds nothing and harms nothing.</summary>
internal sealed class WorkspaceSweepLoop(WorkspaceSweeper sweeper, TimeProvider time, ILogger<WorkspaceSweepLoop> log)
    : MaintenanceLoop(time, log)
{
    protected override TimeSpan Pause => TimeSpan.FromHours(1);

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await sweeper.SweepAsync(cancellationToken);
        return null;
    }
}
