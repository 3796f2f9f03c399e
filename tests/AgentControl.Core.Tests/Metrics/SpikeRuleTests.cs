using AgentControl.Core.Metrics;

namespace AgentControl.Core.Tests.Metrics;

public sealed class SpikeRuleTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    [Fact]
    public void Judge_TooFewDaysKnown_KnowsNothingUsual() =>
        Assert.All(
            Judge(4, at => at >= _now.AddHours(-3) ? 99 : 10),
            point => Assert.Equal((null, false), (point.Band, point.Spike))
        );

    [Fact]
    public void Judge_TwoBucketsOutside_AreASpikeAndOneIsNone()
    {
        double? Of(DateTimeOffset at, int length) =>
            at >= _now.AddHours(-5) && at < _now.AddHours(-5 + length) ? 99 : 10;
        Assert.Empty(SpikeRule.Spikes(Judge(14, at => Of(at, 1))));
        var spike = Assert.Single(SpikeRule.Spikes(Judge(14, at => Of(at, 2))));
        Assert.Equal([_now.AddHours(-5), _now.AddHours(-4)], spike.Select(point => point.At));
        Assert.Equal(10, spike[0].Band!.Usual);
    }

    [Fact]
    public void Judge_AGapBetweenTwoBucketsOutside_IsNoSpike() =>
        Assert.Empty(
            SpikeRule.Spikes(
                Judge(
                    14,
                    at =>
                        at == _now.AddHours(-4) ? null
                        : at == _now.AddHours(-5) || at == _now.AddHours(-3) ? 99
                        : 10
                )
            )
        );

    [Fact]
    public void Judge_OneOddDayAmongFourteen_DoesNotMoveTheBand()
    {
        var quiet = Judge(14, _ => 10)[0].Band!;
        var odd = Judge(14, at => at.Date == _now.AddDays(-3).Date ? 500 : 10)[0].Band!;
        Assert.Equal(quiet, odd);
    }

    [Fact]
    public void Band_FewThings_StrayFurtherThanMany()
    {
        var days = UsualDays.Of([.. Enumerable.Repeat<IReadOnlyList<double>>([0.97], 14)])!;
        Assert.True(days.Band(MetricScale.Share, 5).Low < days.Band(MetricScale.Share, 500).Low);
        Assert.InRange(days.Band(MetricScale.Share, 5).High, 0.97, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Band_FewerThanUsual_IsOddOnlyWhereItMatters(bool counts)
    {
        var days = UsualDays.Of([.. Enumerable.Repeat<IReadOnlyList<double>>([100], 14)])!;
        Assert.Equal(counts ? 0 : -1, days.Band(counts ? MetricScale.Count : MetricScale.Duration, 10).Side(1));
    }

    private static IReadOnlyList<MetricPoint> Judge(int days, Func<DateTimeOffset, double?> valueOf)
    {
        var from = _now.AddHours(-12);
        var points = new List<MetricPoint>();
        for (var at = from.AddDays(-days); at < _now; at += _hour)
            points.Add(new(at, valueOf(at), 10));
        return SpikeRule.Judge(points, from, _hour, MetricScale.Duration);
    }
}
