using AgentControl.Core.Leases;
using AgentControl.Core.Progress;
using CsCheck;

namespace AgentControl.Core.Tests.Leases;

public sealed class StrikeRulesTests
{
    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 10)]
    [InlineData(2, 30)]
    [InlineData(3, 90)]
    [InlineData(100, 3_600)]
    public void Pauses_grow_threefold_up_to_an_hour(int strikes, int seconds) =>
        Assert.Equal(seconds, StrikeRules.RetryDelay(strikes).TotalSeconds);

    [Fact]
    public void Percent_and_remaining_time_are_never_absurd() =>
        Gen.Select(Gen.Long[-10, 1_000_000], Gen.Long[-10, 1_000_000], Gen.Double[0, 1e6])
            .Sample(
                (completed, total, seconds) =>
                    Eta.Percent(completed, total) is null or (>= 0 and <= 100)
                    && Eta.Seconds(completed, total, TimeSpan.FromSeconds(seconds)) is null or >= 0
            );

    [Fact]
    public void Half_of_the_work_in_ten_minutes_leaves_ten_minutes()
    {
        Assert.Equal(600, Eta.Seconds(50, 100, TimeSpan.FromMinutes(10)));
        Assert.Null(Eta.Seconds(0, 100, TimeSpan.FromMinutes(10)));
        Assert.Null(Eta.Seconds(5, null, TimeSpan.FromMinutes(10)));
    }
}
