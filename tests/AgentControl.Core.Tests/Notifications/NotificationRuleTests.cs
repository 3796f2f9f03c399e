using System.Security.Cryptography;
using System.Text;
using AgentControl.Core.Events;
using AgentControl.Core.Notifications;

namespace AgentControl.Core.Tests.Notifications;

public sealed class NotificationRuleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly QuietHours Night = new(new(20, 0), new(6, 0), Berlin);

    private static NotificationSubject Of(string kind, bool part = false) =>
        new(kind, "contracts", "legal", ["urgent"], part);

    [Fact]
    public void A_rule_takes_what_all_its_lists_hold()
    {
        Assert.True(NotificationRule.Usual.Takes(Of(NotificationKind.Failed)));
        Assert.False(NotificationRule.Usual.Takes(Of(NotificationKind.Anomaly)));
        Assert.True(new NotificationRule(["failed"], ["contracts"], ["urgent"], ["legal"]).Takes(Of("failed")));
        Assert.False(new NotificationRule(["failed"], ["invoice"], [], []).Takes(Of("failed")));
        Assert.False(new NotificationRule(["failed"], [], ["calm"], []).Takes(Of("failed")));
        Assert.False(new NotificationRule(["failed"], [], [], ["sales"]).Takes(Of("failed")));
        Assert.False(new NotificationRule(["failed"], [], [], []).Takes(Of("completed")));
    }

    [Fact]
    public void A_part_of_a_larger_job_is_told_of_only_when_it_needs_a_person()
    {
        Assert.False(NotificationRule.Usual.Takes(Of("completed", part: true)));
        Assert.True(NotificationRule.Usual.Takes(Of("needsPerson", part: true)));
    }

    [Theory]
    [InlineData("2026-11-27T12:00:00Z", "2026-11-27T12:00:00Z")]
    [InlineData("2026-11-27T20:00:00Z", "2026-11-28T05:00:00Z")]
    [InlineData("2026-11-28T02:00:00Z", "2026-11-28T05:00:00Z")]
    [InlineData("2026-11-28T05:00:00Z", "2026-11-28T05:00:00Z")]
    public void Quiet_hours_end_on_the_clock_of_their_time_zone(string now, string then)
    {
        var at = DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(
            DateTimeOffset.Parse(then, System.Globalization.CultureInfo.InvariantCulture),
            Night.NotBefore(at, null)
        );
    }

    [Fact]
    public void A_deadline_under_an_hour_breaks_the_quiet_and_a_later_one_an_hour_before_it()
    {
        var now = new DateTimeOffset(2026, 11, 27, 22, 0, 0, TimeSpan.Zero);
        Assert.Equal(now, Night.NotBefore(now, now.AddMinutes(59)));
        Assert.Equal(now.AddHours(2), Night.NotBefore(now, now.AddHours(3)));
        Assert.Equal(now.AddHours(7), Night.NotBefore(now, now.AddHours(30)));
    }

    [Fact]
    public void Tries_come_less_and_less_often_over_hours_and_end()
    {
        var pauses = Enumerable.Range(1, 13).Select(a => DeliveryBackoff.After(a, 0.5)!.Value).ToList();
        Assert.Equal(TimeSpan.FromSeconds(5), pauses[0]);
        Assert.Equal(pauses.Order(), pauses);
        Assert.All(pauses, p => Assert.True(p <= TimeSpan.FromHours(1)));
        Assert.InRange(pauses.Sum(p => p.TotalHours), 3, 8);
        Assert.Null(DeliveryBackoff.After(DeliveryBackoff.MostAttempts, 0.5));
    }

    [Fact]
    public void Every_event_that_is_looked_for_is_a_kind_of_news()
    {
        Assert.All(NotificationKind.Events, e => Assert.NotNull(NotificationKind.Of(e)));
        Assert.Null(NotificationKind.Of(EventTypes.StepCompleted));
    }

    [Fact]
    public void A_secret_of_another_form_is_none()
    {
        Assert.Null(WebhookSignature.KeyOf("whsec_c2hvcnQ="));
        Assert.Null(WebhookSignature.KeyOf("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        var key = RandomNumberGenerator.GetBytes(32);
        Assert.Equal(key, WebhookSignature.KeyOf("whsec_" + Convert.ToBase64String(key)));
        var signed = WebhookSignature.Sign([key, key], "msg_1", 7, "{}");
        var expected = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("msg_1.7.{}")));
        Assert.Equal($"v1,{expected} v1,{expected}", signed);
    }
}
