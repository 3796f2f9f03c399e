using System.Globalization;
using AgentControl.Engine.Metrics;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Metrics;

/// <summary>One metric over time: its number, its definition, its line with the usual range and its spikes, or the same as a table.</summary>
public sealed partial class TrendPanelView
{
    [Parameter, EditorRequired]
    public TrendPanel Panel { get; set; } = null!;

    [Parameter, EditorRequired]
    public TrendsAddress Address { get; set; } = null!;

    /// <summary>The length of one bucket.</summary>
    [Parameter, EditorRequired]
    public TimeSpan Bucket { get; set; }

    [Parameter]
    public bool Tables { get; set; }

    /// <summary>A link led here.</summary>
    [Parameter]
    public bool Marked { get; set; }

    /// <summary>The address that shows the jobs behind a spike.</summary>
    [Parameter]
    public EventCallback<string> OnOpen { get; set; }

    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    private string Nothing =>
        Panel.Metric switch
        {
            MetricWords.Retries => "No service was called in this time.",
            MetricWords.Recoveries => "Nothing ran in this time, so nothing had to recover.",
            _ => "No task completed or failed in this time.",
        };

    private string Open(TrendSpike spike) =>
        (
            Address.Closed with
            {
                Metric = Panel.Metric,
                At = spike.First,
                Until = spike.Last + Bucket,
                Service = spike.Line.Service is MetricSeries.OtherServices ? null : spike.Line.Service,
            }
        ).ToString();

    /// <summary>Metric, value, usual value and time.</summary>
    private string Name(TrendSpike spike) =>
        $"{Panel.Title}{(spike.Line.Service is { } service ? $", {service}" : "")}: {TrendWords.Value(Panel.Metric, spike.Peak.Value)}, usually {TrendWords.Value(Panel.Metric, spike.Peak.Band!.Usual)}, at {Formats.Absolute(spike.Peak.At, spike.Peak.At.AddDays(1))}";

    private string Said(TrendPlot plot) =>
        $"{Panel.Title}: {Panel.Number} over the whole time, {Formats.Count(plot.Spikes().Count, "spike")}. The values stand in the tables.";

    /// <summary>For the readout under the pointer, which the browser makes; nothing between two commas is a gap.</summary>
    private static string Values(MetricLine line) =>
        string.Join(',', line.Points.Select(point => point.Value?.ToString("G4", CultureInfo.InvariantCulture) ?? ""));
}
