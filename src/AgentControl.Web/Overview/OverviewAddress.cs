using AgentControl.Engine.Metrics;

namespace AgentControl.Web.Overview;

/// <summary>What the overview shows, as it stands in its address: the span of its numbers, in the words of the page of metrics.</summary>
internal static class OverviewAddress
{
    private static readonly Dictionary<string, string> _names = new(StringComparer.Ordinal)
    {
        [MetricWindow.Day] = "last 24 h",
        ["7d"] = "last 7 d",
        ["30d"] = "last 30 d",
    };

    /// <summary>The spans, the shortest first.</summary>
    public static IReadOnlyCollection<string> Ranges => MetricWindow.Names;

    /// <summary>"last 7 d".</summary>
    public static string NameOf(string range) => _names[range];

    /// <summary>The span of an address; the day where it names none.</summary>
    public static string RangeOf(string? word) =>
        word is not null && _names.ContainsKey(word) ? word : MetricWindow.Day;

    public static string Of(string range) => range == MetricWindow.Day ? "/" : $"/?range={range}";
}
