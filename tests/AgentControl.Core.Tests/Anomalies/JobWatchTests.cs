using AgentControl.Core.Anomalies;

namespace AgentControl.Core.Tests.Anomalies;

public sealed class JobWatchTests
{
    private static readonly DateTimeOffset _start = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private readonly JobWatch watch = new(new AnomalyRules());

    private static FailedTry Try(
        string kind,
        int tries = 1,
        double at = 0,
        string? service = "erp",
        string key = "ask#1",
        double? pause = 2,
        double seconds = 1
    ) => new(key, "ask", service, kind, "erp said no", tries, seconds, pause, _start.AddSeconds(at));

    [Fact]
    public void A_rate_limit_is_told_with_its_pause_and_whom_it_touches()
    {
        var told = Assert.Single(watch.Failed(Try("rateLimited", pause: 12)));
        Assert.Equal(AnomalyKinds.RateLimited, told.Kind);
        Assert.Equal((12, "s", "erp", "ask#1"), (told.Amount, told.Unit, told.Service, told.Step));
        Assert.Equal(_start, told.Since);
        Assert.Equal("warning", told.Level);
    }

    [Fact]
    public void The_same_trouble_is_told_once_until_it_was_away_for_long_enough()
    {
        Assert.Single(watch.Failed(Try("rateLimited")));
        Assert.Empty(watch.Failed(Try("rateLimited", at: 200, key: "ask#2")));
        Assert.Empty(watch.Failed(Try("rateLimited", at: 490, key: "ask#3")));
        Assert.Single(watch.Failed(Try("rateLimited", at: 791, key: "ask#4")));
    }

    [Fact]
    public void Another_service_is_another_trouble()
    {
        Assert.Single(watch.Failed(Try("rateLimited")));
        Assert.Single(watch.Failed(Try("rateLimited", service: "mail")));
    }

    [Fact]
    public void What_an_earlier_attempt_told_is_not_told_again()
    {
        watch.Resume(Try("rateLimited", tries: 4));
        Assert.Empty(watch.Failed(Try("rateLimited", tries: 5, at: 10)));
    }

    [Fact]
    public void A_time_out_says_how_long_it_took_against_usual()
    {
        var told = Assert.Single(watch.Failed(Try("timeout", seconds: 20, at: 20), usualSeconds: 1.5));
        Assert.Equal(AnomalyKinds.Timeout, told.Kind);
        Assert.Equal((20, 1.5, "s"), (told.Amount, told.Usual, told.Unit));
        Assert.Equal(_start, told.Since);
    }

    [Theory]
    [InlineData("unavailable")]
    [InlineData("denied")]
    [InlineData("circuitOpen")]
    [InlineData("TimeZoneNotFoundException")]
    public void Other_failures_are_no_anomaly_of_their_own(string kind) => Assert.Empty(watch.Failed(Try(kind)));

    [Fact]
    public void The_fourth_retry_of_a_step_is_a_spike()
    {
        foreach (var tries in new[] { 1, 2, 3 })
            Assert.Empty(watch.Failed(Try("unavailable", tries, at: tries * 100)));
        var told = Assert.Single(watch.Failed(Try("unavailable", 4, at: 400)));
        Assert.Equal(AnomalyKinds.RetrySpike, told.Kind);
        Assert.Equal((4, "retries", "unavailable"), (told.Amount, told.Unit, told.Cause));
        Assert.Empty(watch.Failed(Try("unavailable", 5, at: 410)));
    }

    [Fact]
    public void Four_retries_of_a_service_in_one_minute_are_a_spike_and_in_two_are_not()
    {
        for (var i = 0; i < 3; i++)
            Assert.Empty(watch.Failed(Try("unavailable", at: i * 15, key: $"ask#{i}")));
        Assert.Empty(watch.Failed(Try("unavailable", at: 65, key: "ask#4")));
        Assert.Single(watch.Failed(Try("unavailable", at: 70, key: "ask#5")));
    }

    [Fact]
    public void What_the_agent_is_used_to_is_no_spike()
    {
        Assert.Empty(watch.Failed(Try("unavailable", 5), usualRetries: 2));
        Assert.Equal(2, Assert.Single(watch.Failed(Try("unavailable", 6, at: 1), usualRetries: 2)).Usual);
    }

    [Fact]
    public void A_failure_that_is_not_tried_again_is_no_retry() =>
        Assert.Empty(watch.Failed(Try("unavailable", 9, pause: null)));

    [Fact]
    public void A_step_without_a_service_is_its_own_subject() =>
        Assert.StartsWith(
            "ask needs 4 retries",
            Assert.Single(watch.Failed(Try("InvalidOperationException", 4, service: null))).Message,
            StringComparison.Ordinal
        );
}
