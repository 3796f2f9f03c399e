using AgentControl.Core.Services;

namespace AgentControl.Core.Tests.Services;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1.01, 1)]
    [InlineData(2, 2)]
    [InlineData(1000, 20)]
    [InlineData(1024, 20)]
    [InlineData(1_048_576, 40)]
    [InlineData(1_048_577, 41)]
    [InlineData(86_400_000, 41)]
    public void A_time_falls_into_the_first_bucket_that_reaches_it(double ms, int bucket) =>
        Assert.Equal(bucket, LatencyHistogram.BucketOf(TimeSpan.FromMilliseconds(ms)));

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(1)]
    public void A_percentile_is_told_to_a_sixth(double share)
    {
        var random = new Random(7);
        var times = Enumerable
            .Range(0, 5000)
            .Select(_ => Math.Pow(10, 0.5 + (3.5 * random.NextDouble())))
            .Order()
            .ToArray();
        var counts = new long[LatencyHistogram.Buckets];
        foreach (var time in times)
            counts[LatencyHistogram.BucketOf(TimeSpan.FromMilliseconds(time))]++;

        var exact = times[(int)Math.Ceiling(share * times.Length) - 1];
        Assert.InRange(LatencyHistogram.Percentile(counts, share)!.Value, exact / 1.17, exact * 1.17);
    }

    [Fact]
    public void Without_a_call_there_is_none_and_what_is_beyond_the_last_bound_is_told_as_that()
    {
        var counts = new long[LatencyHistogram.Buckets];
        Assert.Null(LatencyHistogram.Percentile(counts, 0.5));
        counts[^1] = 3;
        Assert.Equal(1_048_576, LatencyHistogram.Percentile(counts, 0.5));
    }
}
