using System.Globalization;
using AgentControl.Engine.Metrics;

namespace AgentControl.Web.Metrics;

/// <summary>What the page of metrics shows: all of it stands in its address.</summary>
public sealed record TrendsAddress
{
    public const string Path = "/trends";

    /// <summary>24h, 7d or 30d; without meaning where <see cref="From"/> is given.</summary>
    public string Range { get; init; } = MetricWindow.Day;

    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }
    public string? Agent { get; init; }

    /// <summary>The measure of durations: median, p95, working or withoutPeople.</summary>
    public string Measure { get; init; } = MetricWords.Median;

    /// <summary>Compared with the time before.</summary>
    public bool Compares { get; init; } = true;

    public bool Tables { get; init; }

    /// <summary>The metric whose jobs are shown, or that was linked to.</summary>
    public string? Metric { get; init; }

    /// <summary>The bucket whose jobs are shown.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The end of what is shown, where it is more than one bucket.</summary>
    public DateTimeOffset? Until { get; init; }

    public string? Service { get; init; }

    /// <summary>Without the jobs behind a point.</summary>
    public TrendsAddress Closed => this with { Metric = null, At = null, Until = null, Service = null };

    public override string ToString()
    {
        var query = new List<string>();
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                query.Add($"{name}={Uri.EscapeDataString(value)}");
        }
        if (From is null)
            Add("range", Range == MetricWindow.Day ? null : Range);
        Add("from", Moment(From));
        Add("to", Moment(To));
        Add("agent", Agent);
        Add("d", Measure == MetricWords.Median ? null : Measure);
        Add("compare", Compares ? null : "off");
        Add("tables", Tables ? "on" : null);
        Add("m", Metric);
        Add("at", Moment(At));
        Add("until", Moment(Until));
        Add("service", Service);
        return query.Count == 0 ? Path : $"{Path}?{string.Join('&', query)}";
    }

    /// <summary>The span that is shown; the last day where the address names none that can be shown.</summary>
    public MetricWindow Window(DateTimeOffset now) =>
        From is { } from && from < (To ?? now) && (To ?? now) - from <= MetricWindow.Longest
            ? new(from, To ?? now)
            : MetricWindow.Last(Range, now)!;

    public static TrendsAddress Of(Uri address)
    {
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Query);
        string? Text(string name) =>
            query.TryGetValue(name, out var value) && !string.IsNullOrEmpty(value[^1]) ? value[^1] : null;
        string Word(string name, IEnumerable<string> known, string otherwise) =>
            Text(name) is { } word && known.Contains(word) ? word : otherwise;
        DateTimeOffset? Time(string name) =>
            DateTimeOffset.TryParse(
                Text(name),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var at
            )
                ? at
                : null;
        return new()
        {
            Range = Word("range", MetricWindow.Names, MetricWindow.Day),
            From = Time("from"),
            To = Time("to"),
            Agent = Text("agent"),
            Measure = Word("d", TrendWords.Measures.Select(m => m.Measure), MetricWords.Median),
            Compares = Text("compare") != "off",
            Tables = Text("tables") == "on",
            Metric = Text("m") is { } metric && MetricWords.All.Contains(metric) ? metric : null,
            At = Time("at"),
            Until = Time("until"),
            Service = Text("service"),
        };
    }

    private static string? Moment(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
