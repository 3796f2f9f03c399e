using System.Globalization;
using AgentControl.Engine.Schedules;

namespace AgentControl.Engine.Tests.Schedules;

/// <summary>What time zones do to a rule.</summary>
public sealed class CronRuleTests
{
    [Theory]
    // Berlin has no 02:30 on 28 March 2027: due as soon as the clock goes on.
    [InlineData(
        "30 2 * * *",
        "Europe/Berlin",
        "2027-03-27T00:00Z",
        "2027-03-27T01:30Z 2027-03-28T01:00Z 2027-03-29T00:30Z"
    )]
    // And 02:30 twice on 31 October: due once.
    [InlineData(
        "30 2 * * *",
        "Europe/Berlin",
        "2027-10-30T00:00Z",
        "2027-10-30T00:30Z 2027-10-31T00:30Z 2027-11-01T01:30Z"
    )]
    // A rule that repeats through the day goes on in both hours, and leaves out the one that is not there.
    [InlineData(
        "30 * * * *",
        "Europe/Berlin",
        "2027-10-30T23:45Z",
        "2027-10-31T00:30Z 2027-10-31T01:30Z 2027-10-31T02:30Z"
    )]
    [InlineData(
        "30 * * * *",
        "Europe/Berlin",
        "2027-03-27T23:45Z",
        "2027-03-28T00:30Z 2027-03-28T01:30Z 2027-03-28T02:30Z"
    )]
    [InlineData(
        "0 9 * * *",
        "America/New_York",
        "2027-03-13T00:00Z",
        "2027-03-13T14:00Z 2027-03-14T13:00Z 2027-03-15T13:00Z"
    )]
    // Both fields must hold.
    [InlineData("0 0 13 * FRI", "UTC", "2026-11-01T00:00Z", "2026-11-13T00:00Z 2027-08-13T00:00Z 2028-10-13T00:00Z")]
    [InlineData(
        "15 0 2 * * *",
        "UTC",
        "2026-11-01T00:00Z",
        "2026-11-01T02:00:15Z 2026-11-02T02:00:15Z 2026-11-03T02:00:15Z"
    )]
    [InlineData("@daily", "Asia/Kolkata", "2026-11-01T00:00Z", "2026-11-01T18:30Z 2026-11-02T18:30Z 2026-11-03T18:30Z")]
    public void Next_InItsTimeZone_IsRight(string cron, string zone, string after, string next)
    {
        Assert.True(CronRule.TryRead(cron, zone, (field, why) => Assert.Fail($"{field}: {why}"), out var rule));

        Assert.Equal(next.Split(' ').Select(At), rule.Next(At(after), 3));
        Assert.Equal(next.Split(' ').Select(At), rule.Between(At(after).AddSeconds(1), At(next.Split(' ')[2])));
    }

    [Theory]
    [InlineData("61 * * * *", "UTC", "cron")]
    [InlineData("* * * *", "UTC", "cron")]
    [InlineData("@sometimes", "UTC", "cron")]
    [InlineData("", "UTC", "cron")]
    [InlineData(null, "UTC", "cron")]
    [InlineData("* * * * *", "Europe/Atlantis", "timeZone")]
    [InlineData("* * * * *", "", "timeZone")]
    public void TryRead_WhatIsNone_NamesTheFieldAndTheRemedy(string? cron, string zone, string field)
    {
        var errors = new Dictionary<string, string>();

        Assert.False(CronRule.TryRead(cron, zone, errors.Add, out _));
        Assert.Equal([field], errors.Keys);
        Assert.Contains(field == "cron" ? "Use five fields" : "Europe/Berlin", errors[field], StringComparison.Ordinal);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
