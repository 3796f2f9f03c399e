using System.Diagnostics;
using AgentControl.Core.Services;

namespace AgentControl.Engine.Services;

/// <summary>The right to make one call; it tells the circuit how that went.</summary>
/// <param name="agent">Whose job calls.</param>
/// <param name="probe">The token of a call that is to find out whether the service is well again.</param>
internal sealed class CircuitPass(Circuits circuits, string service, string agent, ServicePolicy policy, Guid? probe)
{
    private readonly long since = Stopwatch.GetTimestamp();

    /// <summary>It is to find out whether the service is well again.</summary>
    public bool IsProbe => probe is not null;

    /// <summary>How long the circuit was open, where this call closed it; otherwise null.</summary>
    public Task<TimeSpan?> SucceededAsync() => circuits.AnsweredAsync(service, policy, probe, Count(null, null));

    /// <summary>True where it opened the circuit.</summary>
    /// <param name="fault">What went wrong; null where the service has nothing to do with it.</param>
    public async Task<bool> FailedAsync(ServiceFault? fault)
    {
        if (fault is not null)
        {
            var verdict = FailureClassifier.Classify(fault, policy.Retry);
            var call = Count(fault, verdict.Kind);
            if (verdict.CountsForCircuit)
                return await circuits.FailedAsync(service, policy, probe, call);
            await circuits.AnsweredAsync(service, policy, probe, call);
        }
        else if (probe is { } token)
        {
            await circuits.GiveBackAsync(service, token);
        }
        return false;
    }

    /// <summary>No call was made: nothing is counted, and a probe is given back.</summary>
    public Task NotCalledAsync() => FailedAsync(null);

    private ServiceCount Count(ServiceFault? fault, string? kind) =>
        ServiceCount.Call(service, agent, Stopwatch.GetElapsedTime(since), fault, kind);

    /// <summary>For a probe that found the service still in trouble: how long it is left alone. Null where this was no probe, or the failure is none of the service's.</summary>
    public CircuitWaitException? FoundDown(ServiceFault fault) =>
        probe is not null && FailureClassifier.Classify(fault, policy.Retry).CountsForCircuit
            ? new(service, TimeSpan.FromSeconds(policy.Circuit.BreakSeconds)) { WasProbe = true }
            : null;
}

/// <summary>The circuit of a service is open: whoever needs it waits, and everything else goes on.</summary>
internal sealed class CircuitWaitException(string service, TimeSpan after)
    : Exception($"The circuit of {service} lets no call go for {after.TotalSeconds:0.#} s.")
{
    public TimeSpan After { get; } = after;

    /// <summary>The call was made, as the one that is to find out whether the service is well, and it is not.</summary>
    public bool WasProbe { get; init; }
}
