using AgentControl.Core.Anomalies;

namespace AgentControl.Core.Tests.Anomalies;

public sealed class StallWatchTests
{
    private static readonly DateTimeOffset _start = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private readonly StallWatch watch = new(new AnomalyRules { StallSeconds = 60 });

    private static RunningCall Call(double? limit = null, double? usual = null) =>
        new("ask#1", "ask", null, _start, limit, usual);

    private Anomaly? Look(double after, params RunningCall[] calls) =>
        watch.Look(_start.AddSeconds(after), _start, calls);

    [Fact]
    public void A_step_that_says_nothing_for_too_long_is_stalled_once()
    {
        Assert.Null(Look(60, Call()));
        var told = Look(61, Call());
        Assert.NotNull(told);
        Assert.Equal(
            (AnomalyKinds.Stalled, "progress", 61, "s", "ask#1"),
            (told.Kind, told.Cause, told.Amount, told.Unit, told.Step)
        );
        Assert.Equal(_start, told.Since);
        Assert.Null(Look(62, Call()));
        Assert.Null(Look(6_000, Call()));
    }

    [Fact]
    public void Progress_begins_a_new_episode()
    {
        Assert.NotNull(Look(61, Call()));
        var later = _start.AddSeconds(100);
        Assert.Null(watch.Look(later.AddSeconds(60), later, [Call()]));
        Assert.NotNull(watch.Look(later.AddSeconds(61), later, [Call()]));
    }

    [Fact]
    public void Code_that_begins_no_step_stalls_too() => Assert.Null(Look(61)?.Step);

    [Fact]
    public void A_call_in_flight_is_no_stall_until_its_own_time_is_over()
    {
        Assert.Null(Look(299, Call(limit: 300)));
        Assert.NotNull(Look(301, Call(limit: 300)));
    }

    [Fact]
    public void One_call_in_flight_speaks_for_the_job() => Assert.Null(Look(100, Call(), Call(limit: 300)));

    [Fact]
    public void A_step_that_is_used_to_take_long_is_no_stall()
    {
        Assert.Null(Look(400, Call(usual: 500)));
        Assert.Equal(500, Look(501, Call(usual: 500))?.Usual);
    }

    [Theory]
    [InlineData(15, 10)]
    [InlineData(6, 5)]
    [InlineData(3, 4)]
    [InlineData(3_600, 2_400)]
    public void A_worker_is_silent_when_it_has_missed_a_beat(double lease, double silent) =>
        Assert.Equal(TimeSpan.FromSeconds(silent), StallWatch.SilentAfter(TimeSpan.FromSeconds(lease)));

    [Fact]
    public void A_silent_worker_is_told_against_its_beat()
    {
        var told = StallWatch.Silent("w1", _start.AddSeconds(11), _start, TimeSpan.FromSeconds(15));
        Assert.Equal(("heartbeat", 11, 5), (told.Cause, told.Amount, told.Usual));
        Assert.Equal(_start, told.Since);
    }
}
