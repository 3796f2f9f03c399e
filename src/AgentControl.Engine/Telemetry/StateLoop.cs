using AgentControl.Engine.Maintenance;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Telemetry;

/// <summary>Reads how things stand again and again, where metrics are sent and nobody asks for them.</summary>
internal sealed class StateLoop(StateGauges gauges, TimeProvider time, ILogger<StateLoop> log)
    : MaintenanceLoop(time, log)
{
    protected override TimeSpan Pause => TimeSpan.FromSeconds(15);

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await gauges.RefreshAsync(cancellationToken);
        return null;
    }
}
