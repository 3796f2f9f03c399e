using AgentControl.Core.Services;

namespace AgentControl.Engine.Services;

/// <summary>The right to make one call; it tells the circuit how that went.</summary>
/// <param name="probe">The token of a call that is to find out whether the service is well again.</param>
internal sealed class CircuitPass(Circuits circuits, string service, ServicePolicy policy, Guid? probe)
{
    /// <summary>True where it closed the circuit.</summary>
    public Task<bool> SucceededAsync() => circuits.SucceededAsync(service, policy, probe);

    /// <summary>True where it opened the circuit.</summary>
    /// <param name="fault">What went wrong; null where the service has nothing to do with it.</param>
    public async Task<bool> FailedAsync(ServiceFault? fault)
    {
        if (fault is not null && FailureClassifier.Classify(fault, policy.Retry).CountsForCircuit)
            return await circuits.FailedAsync(service, policy, probe, fault.Describe(service));
        if (fault is not null)
            await circuits.SucceededAsync(service, policy, probe);
        else if (probe is { } token)
            await circuits.GiveBackAsync(service, token);
        return false;
    }
}

/// <summary>The circuit of a service is open: whoever needs it waits, and everything else goes on.</summary>
internal sealed class CircuitWaitException(string service, TimeSpan after)
    : Exception($"The circuit of {service} lets no call go for {after.TotalSeconds:0.#} s.")
{
    public TimeSpan After { get; } = after;
}
