using AgentControl.Core.Events;
using AgentControl.Core.Services;
using AgentControl.Engine.Events;
using AgentControl.Engine.Recording;

namespace AgentControl.Engine.Services;

/// <summary>What a job says whose call changed a circuit.</summary>
internal static class CircuitEvents
{
    public static EventRecord Opened(string service, ServiceFault fault) =>
        new(
            EventTypes.Anomaly,
            $"The circuit of {service} opened: {fault.Describe(service)}",
            EventData.Of(new { kind = "circuitOpened", service }),
            "warning"
        );

    public static EventRecord Closed(string service) =>
        new(
            EventTypes.Anomaly,
            $"The circuit of {service} closed: it answers again",
            EventData.Of(new { kind = "circuitClosed", service })
        );
}
