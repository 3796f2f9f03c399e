using AgentControl.Core.Anomalies;
using AgentControl.Engine.Anomalies;
using AgentControl.Engine.Metrics;
using AgentControl.Web.Jobs.List;

namespace AgentControl.Web.Wall;

/// <summary>Everything on the wall, as it was read at one moment.</summary>
/// <param name="Running">The first of them, in the order in which they are shown.</param>
/// <param name="Troubles">The newest, for the ticker.</param>
/// <param name="Odd">Troubles of the last hour that are more than a notice.</param>
public sealed record WallSnapshot(
    IReadOnlyList<JobListRow> Running,
    long RunningInAll,
    long Queued,
    WallRequests Requests,
    IReadOnlyList<AnomalyGroup> Troubles,
    IReadOnlyList<WallService> Services,
    int NormalServices,
    int Odd,
    WallDay Day
);

/// <summary>A service that is not as usual.</summary>
/// <param name="Since">Since when its circuit lets no call go, or not every one; null where it is closed.</param>
public sealed record WallService(string Name, string Words, string Icon, string Hue, DateTimeOffset? Since)
{
    public static WallService Of(WallCircuit circuit) =>
        circuit.State switch
        {
            "open" => new(circuit.Name, "OPEN", "octagon-x", "red", circuit.Since),
            "halfOpen" => new(circuit.Name, "testing", "circle-dashed", "amber", circuit.Since),
            _ => new(circuit.Name, "blocked", "ban", "grey", circuit.Since),
        };

    public static WallService Of(Anomaly trouble) => new(trouble.Service!, "", "triangle-alert", "amber", null);
}
