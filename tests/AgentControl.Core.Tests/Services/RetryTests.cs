using AgentControl.Core.Services;
using CsCheck;

namespace AgentControl.Core.Tests.Services;

public sealed class RetryTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 4)]
    [InlineData(5, 8)]
    [InlineData(7, 30)]
    [InlineData(10, 30)]
    public void Delays_double_up_to_the_cap(int retry, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new RetryPolicy().Delay(retry, 0.5));

    [Fact]
    public void Jitter_stays_within_its_fraction_and_uses_all_of_it()
    {
        var policy = new RetryPolicy();
        Gen.Select(Gen.Int[1, 12], Gen.Double[0, 1])
            .Sample(
                (retry, random) =>
                {
                    var ratio = policy.Delay(retry, random) / policy.Delay(retry, 0.5);
                    Assert.InRange(ratio, 0.8 - 1e-9, 1.2 + 1e-9);
                }
            );
        Assert.Equal(0.4, policy.Delay(1, 0).TotalSeconds, 9);
        Assert.Equal(0.6, policy.Delay(1, 1).TotalSeconds, 9);
    }

    [Theory]
    [InlineData("1500", "9", 1.5)]
    [InlineData(null, "9", 9)]
    [InlineData(null, "0.25", 0.25)]
    [InlineData(null, "Mon, 05 Jan 2026 08:00:20 GMT", 20)]
    [InlineData(null, "Mon, 05 Jan 2026 07:00:00 GMT", 0)]
    [InlineData("soon", "7", 7)]
    [InlineData(null, "-3", 0)]
    [InlineData(null, "1e30", 86400)]
    public void The_wait_is_read_in_each_of_its_forms(string? milliseconds, string? after, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read(milliseconds, after, null).After);

    [Theory]
    [InlineData("NaN")]
    [InlineData("tomorrow")]
    [InlineData("")]
    [InlineData(null)]
    public void Nonsense_is_no_wait(string? after) => Assert.Null(Read(null, after, null).After);

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("perhaps", null)]
    [InlineData(null, null)]
    public void The_word_about_retrying_is_read(string? header, bool? said) =>
        Assert.Equal(said, Read(null, null, header).ShouldRetry);

    [Fact]
    public void A_policys_problems_name_the_setting_and_the_remedy()
    {
        var policy = new ServicePolicy
        {
            RequestTimeoutSeconds = 0,
            Retry = new() { MaxRetries = -1 },
            Circuit = new() { FailureRatio = 1.5 },
        };
        Assert.Empty(new ServicePolicy().Problems("AgentControl:Services:model"));
        Assert.Equal(
            [
                "AgentControl:Services:model:RequestTimeoutSeconds is 0. Use more than 0 and at most 86400.",
                "AgentControl:Services:model:Retry:MaxRetries is -1. Use 0 to 100.",
                "AgentControl:Services:model:Circuit:FailureRatio is 1.5. Use more than 0 and at most 1.",
            ],
            policy.Problems("AgentControl:Services:model")
        );
    }

    private static (bool? ShouldRetry, TimeSpan? After) Read(string? milliseconds, string? after, string? should) =>
        RetryHeaders.Read(
            name =>
                name switch
                {
                    "retry-after-ms" => milliseconds,
                    "retry-after" => after,
                    "x-should-retry" => should,
                    _ => null,
                },
            Now
        );
}
