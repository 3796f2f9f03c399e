using System.Globalization;
using AgentControl.Core.Anomalies;
using AgentControl.Core.Services;
using AgentControl.Engine.Anomalies;
using AgentControl.Engine.Recording;

namespace AgentControl.Engine.Services;

/// <summary>What a job says whose call changed a circuit.</summary>
internal static class CircuitEvents
{
    /// <param name="failures">Failed calls in the circuit's window; null where the database is away.</param>
    public static EventRecord Opened(string service, ServiceFault fault, CircuitPolicy policy, long? failures) =>
        AnomalyEvents.Of(
            new(AnomalyKinds.CircuitOpened, $"The circuit of {service} opened: {fault.Describe(service)}")
            {
                Cause = fault.Describe(service),
                Amount = failures,
                Usual = failures is null ? null : 0,
                Unit = failures is null
                    ? null
                    : string.Create(CultureInfo.InvariantCulture, $"failed calls in {policy.WindowSeconds:0.###} s"),
                Service = service,
            }
        );

    /// <param name="open">How long it let no call go.</param>
    public static EventRecord Closed(string service, TimeSpan open, DateTimeOffset now) =>
        AnomalyEvents.Of(
            new(AnomalyKinds.CircuitClosed, $"The circuit of {service} closed: it answers again")
            {
                Level = Anomaly.Notice,
                Amount = Math.Round(open.TotalSeconds, 1),
                Unit = "s",
                Since = now - open,
                Service = service,
            }
        );
}
