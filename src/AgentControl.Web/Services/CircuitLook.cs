using AgentControl.Engine.Services;

namespace AgentControl.Web.Services;

/// <summary>How a circuit's state is shown: words and shape differ, colour comes on top.</summary>
internal sealed record CircuitLook(string Words, string Icon, string Hue)
{
    private static readonly CircuitLook _closed = new("Closed (normal)", "circle-check", "green");
    private static readonly CircuitLook _open = new("Open – left alone", "octagon-x", "red");
    private static readonly CircuitLook _halfOpen = new("Testing (half-open)", "circle-dashed", "amber");
    private static readonly CircuitLook _blocked = new("Blocked for maintenance", "ban", "grey");

    public static CircuitLook Of(CircuitView circuit) =>
        circuit.State switch
        {
            "open" => _open,
            "halfOpen" => _halfOpen,
            "blocked" => _blocked,
            _ => _closed,
        };
}
