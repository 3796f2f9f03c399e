using Microsoft.AspNetCore.Components.Server.Circuits;

namespace AgentControl.Web.Shared;

/// <summary>Stops the beat while the browser is away, so nothing is drawn for nobody.</summary>
internal sealed class PulseCircuit(UiPulse pulse) : CircuitHandler
{
    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        pulse.SetConnected(false);
        return Task.CompletedTask;
    }

    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        pulse.SetConnected(true);
        return Task.CompletedTask;
    }
}
