namespace AgentControl.Core.Services;

/// <summary>
/// How long calls took, as counts in buckets that each reach half as far again as the one before (a factor of √2): small enough to be added up in a row of the
/// database, exact to a sixth. Bucket 0 is up to 1 ms; the last one is everything above.
/// </summary>
public static class LatencyHistogram
{
    /// <summary>The last bound, 2^20 ms, is more than seventeen minutes: longer than a step may try.</summary>
    public const int Buckets = 42;

    private const int LastBound = Buckets - 2;

    public static int BucketOf(TimeSpan time) =>
        time.TotalMilliseconds <= 1
            ? 0
            : Math.Min((int)Math.Ceiling((2 * Math.Log2(time.TotalMilliseconds)) - 1e-9), Buckets - 1);

    /// <summary>The time within which a share of the calls was done, in milliseconds; null where there were none.</summary>
    /// <param name="share">0.5 for the median; between 0 and 1.</param>
    public static double? Percentile(IReadOnlyList<long> counts, double share)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var total = counts.Sum();
        if (total == 0)
            return null;
        var rank = Math.Max(share * total, double.Epsilon);
        var before = 0L;
        for (var bucket = 0; bucket < counts.Count; bucket++)
        {
            var here = counts[bucket];
            if (here > 0 && before + here >= rank)
                return Between(bucket, (rank - before) / here);
            before += here;
        }
        return Bound(LastBound);
    }

    /// <summary>Where in its bucket, supposing that its calls lie evenly.</summary>
    private static double Between(int bucket, double part)
    {
        if (bucket > LastBound)
            return Bound(LastBound);
        var from = bucket == 0 ? 0 : Bound(bucket - 1);
        return from + ((Bound(bucket) - from) * part);
    }

    private static double Bound(int bucket) => Math.Pow(2, bucket / 2.0);
}
