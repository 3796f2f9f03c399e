using System.Globalization;
using AgentControl.Engine.Services;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Services;

/// <summary>Bars of one measure over time, its largest value in words, and the same as a table.</summary>
public sealed partial class ServiceChart
{
    private const double Top = 92;

    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<ServiceBucket> Series { get; set; } = [];

    /// <summary>What each of the values is.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<string> Names { get; set; } = [];

    /// <summary>The values of a bucket, one drawn before the other: the largest first.</summary>
    [Parameter, EditorRequired]
    public Func<ServiceBucket, IReadOnlyList<double?>> Values { get; set; } = _ => [];

    [Parameter, EditorRequired]
    public Func<double, string> Text { get; set; } = null!;

    private int Width => Series.Count * 10;

    private double Most => Series.SelectMany(Values).Max() ?? 0;

    private string Summary => Series.All(b => b.Calls == 0) ? "no calls" : $"at most {Text(Most)}";

    private double Height(double? value) => value is > 0 and { } number ? Math.Max(1, number / Most * Top) : 0;

    private string Write(double? value) => value is { } number ? Text(number) : Formats.Unknown;

    private static string Svg(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
