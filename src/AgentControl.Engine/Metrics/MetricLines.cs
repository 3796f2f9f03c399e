using AgentControl.Core.Metrics;

namespace AgentControl.Engine.Metrics;

/// <summary>Makes lines of what was read for single buckets, and judges them by what is usual.</summary>
internal sealed class MetricLines(MetricWindow window)
{
    private readonly List<MetricLine> lines = [];

    public IReadOnlyList<MetricLine> All => lines;

    /// <param name="valueOf">The value of a bucket, in the span or before it, and on how many things it rests.</param>
    public void Add(
        string metric,
        string measure,
        MetricScale scale,
        Func<(DateTimeOffset At, bool Here), (double? Value, long Count)> valueOf,
        string? service = null
    )
    {
        var points = new List<MetricPoint>();
        for (var at = window.FirstBucket.AddDays(-UsualDays.Days); at < window.To; at += window.Bucket)
        {
            var (value, count) = valueOf((at, at >= window.FirstBucket));
            points.Add(new(at, value, count));
        }
        lines.Add(new(metric, measure, service, SpikeRule.Judge(points, window.From, window.Bucket, scale)));
    }

    public void AddDurations(Func<(DateTimeOffset, bool), MetricReads.TaskLine?> lineOf)
    {
        AddDuration(MetricWords.Median, seconds => seconds.Median);
        AddDuration(MetricWords.P95, seconds => seconds.P95);
        AddDuration(MetricWords.Working, seconds => seconds.Working);
        AddDuration(MetricWords.WithoutPeople, seconds => seconds.WithoutPeople);

        void AddDuration(string measure, Func<TaskDurations, double?> valueOf) =>
            Add(
                MetricWords.Duration,
                measure,
                MetricScale.Duration,
                bucket => lineOf(bucket) is { } line ? (valueOf(line.Seconds), line.Counts.Counted) : default
            );
    }

    /// <summary>A line for each of the services that were retried most in the span, and one for all others.</summary>
    public void AddRetries(IReadOnlyList<MetricReads.UseLine> use)
    {
        var services = use.Where(u => u.Here)
            .GroupBy(u => u.Service, StringComparer.Ordinal)
            .OrderByDescending(s => s.Sum(u => u.Retries))
            .ThenByDescending(s => s.Sum(u => u.Calls))
            .ThenBy(s => s.Key, StringComparer.Ordinal)
            .Select(s => s.Key)
            .ToList();
        foreach (var service in services.Take(MetricSeries.MostServices).Order(StringComparer.Ordinal))
            AddService(service, use.Where(u => u.Service == service));
        if (services.Count > MetricSeries.MostServices)
        {
            var rest = services.Skip(MetricSeries.MostServices).ToHashSet(StringComparer.Ordinal);
            AddService(MetricSeries.OtherServices, use.Where(u => rest.Contains(u.Service)));
        }
    }

    private void AddService(string service, IEnumerable<MetricReads.UseLine> use)
    {
        var byBucket = use.GroupBy(u => (u.At!.Value, u.Here))
            .ToDictionary(
                bucket => bucket.Key,
                bucket => new ServiceRetries(service, bucket.Sum(u => u.Calls), bucket.Sum(u => u.Retries))
            );
        Add(
            MetricWords.Retries,
            MetricWords.Per100Calls,
            MetricScale.PerHundred,
            bucket => byBucket.GetValueOrDefault(bucket) is { } here ? (here.RetriesPer100Calls, here.Calls) : default,
            service
        );
    }
}
