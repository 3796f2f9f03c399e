using System.Globalization;
using AgentControl.Core.Notifications;

namespace AgentControl.Core.Tests.Notifications;

public sealed class DigestPlanTests
{
    [Theory]
    // Each day on the clock of the zone, through both changes of the clock.
    [InlineData("day", "08:00", "Europe/Berlin", "2026-07-01T05:59:59Z", "2026-07-01T06:00:00Z")]
    [InlineData("day", "08:00", "Europe/Berlin", "2026-07-01T06:00:00Z", "2026-07-02T06:00:00Z")]
    [InlineData("day", "08:00", "Europe/Berlin", "2026-10-24T07:00:00Z", "2026-10-25T07:00:00Z")]
    [InlineData("day", "02:30", "Europe/Berlin", "2026-03-29T00:10:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("day", "00:00", "UTC", "2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00Z")]
    // Each full hour, also where a zone's hours begin at the half of others'.
    [InlineData("hour", null, "UTC", "2026-07-01T05:59:59.5Z", "2026-07-01T06:00:00Z")]
    [InlineData("hour", null, "UTC", "2026-07-01T06:00:00Z", "2026-07-01T07:00:00Z")]
    [InlineData("hour", null, "Asia/Kolkata", "2026-07-01T05:10:00Z", "2026-07-01T05:30:00Z")]
    public void A_window_ends_behind_its_news(string every, string? at, string zone, string now, string end)
    {
        var plan = DigestPlan.Of(every, at, zone, out _)!;
        Assert.Equal(At(end), plan.NextAfter(At(now)));
        Assert.Equal(plan, DigestPlan.Read(plan.Write()));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
