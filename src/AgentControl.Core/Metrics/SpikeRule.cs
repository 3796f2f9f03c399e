namespace AgentControl.Core.Metrics;

/// <summary>A value in one bucket of time.</summary>
/// <param name="Value">Null where there was nothing to measure: a gap, never zero.</param>
/// <param name="Count">On how many things it rests.</param>
/// <param name="Band">What is usual at this hour; null where nobody knows yet.</param>
/// <param name="Spike">It has left its band, and so has the value before or behind it, to the same side.</param>
public sealed record MetricPoint(
    DateTimeOffset At,
    double? Value,
    long Count,
    UsualBand? Band = null,
    bool Spike = false
)
{
    /// <summary>-1 below its band, 1 above it, otherwise 0.</summary>
    public int Side => Value is { } value && Band is { } band ? band.Side(value) : 0;
}

/// <summary>Finds values that left their band for two buckets at least.</summary>
public static class SpikeRule
{
    private const int LeastBuckets = 2;

    /// <param name="series">Everything known, in order and without holes, each <paramref name="length"/> long.</param>
    /// <param name="from">Where the points begin that are wanted; what lies before is what is usual.</param>
    public static IReadOnlyList<MetricPoint> Judge(
        IReadOnlyList<MetricPoint> series,
        DateTimeOffset from,
        TimeSpan length,
        MetricScale scale
    )
    {
        ArgumentNullException.ThrowIfNull(series);
        var byHour = series
            .Where(point => point.Value is not null)
            .GroupBy(point => Hour(point.At))
            .ToDictionary(
                hour => hour.Key,
                hour => (IReadOnlyList<double>)[.. hour.Select(point => point.Value!.Value)]
            );
        var usual = new Dictionary<DateTimeOffset, UsualDays?>();
        var judged = series
            .Where(point => point.At + length > from)
            .Select(point => point with { Band = Usual(Hour(point.At))?.Band(scale, point.Count) })
            .ToArray();
        for (var first = 0; first < judged.Length; )
        {
            var next = first + 1;
            while (next < judged.Length && judged[first].Side != 0 && judged[next].Side == judged[first].Side)
                next++;
            if (next - first >= LeastBuckets)
            {
                for (var i = first; i < next; i++)
                    judged[i] = judged[i] with { Spike = true };
            }
            first = next;
        }
        return judged;

        UsualDays? Usual(DateTimeOffset hour)
        {
            if (!usual.TryGetValue(hour, out var known))
                usual[hour] = known = UsualDays.Of([
                    .. Enumerable
                        .Range(1, UsualDays.Days)
                        .Select(days => byHour.GetValueOrDefault(hour.AddDays(-days), [])),
                ]);
            return known;
        }
    }

    /// <summary>The spikes among judged points: each one's points, in order.</summary>
    public static IReadOnlyList<IReadOnlyList<MetricPoint>> Spikes(IReadOnlyList<MetricPoint> judged)
    {
        ArgumentNullException.ThrowIfNull(judged);
        var spikes = new List<IReadOnlyList<MetricPoint>>();
        var open = new List<MetricPoint>();
        foreach (var point in judged)
        {
            if (open.Count > 0 && (!point.Spike || point.Side != open[^1].Side))
            {
                spikes.Add(open);
                open = [];
            }
            if (point.Spike)
                open.Add(point);
        }
        if (open.Count > 0)
            spikes.Add(open);
        return spikes;
    }

    private static DateTimeOffset Hour(DateTimeOffset at) =>
        new(at.UtcDateTime.AddTicks(-(at.UtcDateTime.Ticks % TimeSpan.TicksPerHour)), TimeSpan.Zero);
}
