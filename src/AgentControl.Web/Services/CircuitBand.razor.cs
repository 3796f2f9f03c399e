using System.Globalization;
using AgentControl.Engine.Services;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Services;

/// <summary>The states of a circuit over the window: a band, and the changes in words.</summary>
public sealed partial class CircuitBand
{
    private const int Most = 12;

    [Parameter, EditorRequired]
    public ServiceDetail Detail { get; set; } = null!;

    private static CircuitLook Look(CircuitChangeView change) =>
        CircuitLook.Of(new CircuitView(change.State, null, null, null, null));

    /// <summary>Each state with the thousandths of the window in which it stood. Before the first one it was closed.</summary>
    private IEnumerable<(CircuitChangeView Change, double From, double To)> Parts()
    {
        var closed = new CircuitChangeView(Detail.From, "closed", null, null);
        var all =
            Detail.Changes is [var first, ..] && first.At <= Detail.From ? Detail.Changes : [closed, .. Detail.Changes];
        for (var i = 0; i < all.Count; i++)
            yield return (all[i], Place(all[i].At), i + 1 < all.Count ? Place(all[i + 1].At) : 1000);
    }

    private double Place(DateTimeOffset at) => Math.Clamp((at - Detail.From) / (Detail.To - Detail.From), 0, 1) * 1000;

    private static string Svg(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
