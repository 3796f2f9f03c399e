using AgentControl.Engine.Maintenance;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Queues;

/// <summary>Takes over what other processes stored about queues: at once when it is told, and every few seconds in case it was not.</summary>
internal sealed class QueueRefresher(QueueGates gates, TimeProvider time, ILogger<QueueRefresher> log)
    : MaintenanceLoop(time, log)
{
    protected override TimeSpan Pause => TimeSpan.FromSeconds(5);

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await gates.ApplyAsync(cancellationToken);
        return null;
    }
}
