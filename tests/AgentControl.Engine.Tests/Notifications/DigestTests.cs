using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Notifications;
using AgentControl.Engine.Access;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Notifications;

/// <summary>News that are told together.</summary>
public sealed class DigestTests(NotificationWorld world) : IClassFixture<NotificationWorld>
{
    private static readonly Caller Ana = new(CallerKind.Person, Guid.Empty, "Ana")
    {
        Roles = Caller.Global(Role.Admin),
    };

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private EngineProcess Engine => world.Engine;

    [Fact]
    public async Task A_rules_digest_tells_exactly_its_window_once_by_two_processes_and_by_each_channel()
    {
        await ChannelAsync(
            "hook-one",
            "webhook",
            ("url", $"{world.Receiver.Address}/hook-one"),
            ("secret", WebhookReceiver.Secret)
        );
        await ChannelAsync("room-one", "slack", ("webhookUrl", $"{world.Receiver.Address}/room-one"));
        foreach (var channel in new[] { "hook-one", "room-one" })
            await RuleAsync(Draft(channel) with { Tags = ["one"] });
        await RuleAsync(Draft("mail") with { Tags = ["one"], Tell = ["team@example.org"] });
        await using var other = await world.StartAnotherAsync();

        await JobAsync("one", "first & <b>");
        await JobAsync("one", "second");
        await UntilAsync(async () => await WaitingAsync("hook-one") == 2 && await WaitingAsync("mail") == 2);
        Assert.Empty(world.Receiver.On("/hook-one"));
        await EndWindowAsync();
        // What comes behind the end falls into the next window.
        await JobAsync("one", "third");
        await LookAsync(Engine, other);

        await UntilAsync(() =>
            Task.FromResult(world.Receiver.On("/hook-one").Count == 1 && world.Receiver.On("/room-one").Count == 1)
        );
        var hook = JsonElement.Parse(world.Receiver.On("/hook-one")[0].Body);
        Assert.Equal("digest", hook.GetProperty("type").GetString());
        Assert.Equal(
            ["first & <b> completed", "second completed"],
            hook.GetProperty("data")
                .GetProperty("items")
                .EnumerateArray()
                .Select(i => i.GetProperty("title").GetString())
        );
        var room = JsonElement.Parse(world.Receiver.On("/room-one")[0].Body);
        Assert.Equal("2 news from AgentControl: 2 completed.", room.GetProperty("text").GetString());
        Assert.Contains(
            "first &amp; &lt;b&gt; completed",
            room.GetProperty("blocks")[1].GetProperty("text").GetProperty("text").GetString()!,
            StringComparison.Ordinal
        );
        await UntilAsync(() => Task.FromResult(Mails("team@example.org").Count == 1));
        var mail = Mails("team@example.org")[0];
        Assert.Equal("2 news from AgentControl", mail.Subject);
        Assert.Contains("- second completed", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("first &amp; &lt;b&gt; completed</a>", mail.HtmlBody, StringComparison.Ordinal);
        await UntilAsync(async () => await WaitingAsync("hook-one") == 1);

        await EndWindowAsync();
        await LookAsync(Engine, other);
        await UntilAsync(() => Task.FromResult(world.Receiver.On("/hook-one").Count == 2));
        var second = JsonElement.Parse(world.Receiver.On("/hook-one")[1].Body).GetProperty("data").GetProperty("items");
        Assert.Equal("third completed", Assert.Single(second.EnumerateArray()).GetProperty("title").GetString());
        // Nothing happened: nothing is told.
        await LookAsync(Engine, other);
        Assert.Equal(
            2,
            await Engine.ScalarAsync<long>("SELECT count(*) FROM notifications WHERE channel = 'hook-one'")
        );
    }

    [Fact]
    public async Task A_person_who_wants_a_digest_is_taken_out_of_mails_and_needed_at_once_all_the_same()
    {
        var plan = new DigestPlan(
            false,
            new TimeOnly(8, 0),
            TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")
        ).Write();
        await Engine.ExecuteAsync(
            $"""
            INSERT INTO users (id, user_name, display_name, email, digest, created_at, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
              VALUES ('00000000-0000-0000-0000-0000000000d1', 'dina', 'Dina', 'Dina@example.org', '{plan}', ac_now(), false, false, false, false, 0);
            INSERT INTO grants (principal_kind, principal_id, workspace, role) VALUES ('person', '00000000-0000-0000-0000-0000000000d1', '*', 'approver')
            """
        );
        await RuleAsync(
            new(["completed", "needsPerson"], [], ["two"], [], ["dina@example.org", "else@example.org"], "mail")
        );

        await JobAsync("two", "for both");
        await UntilAsync(() => Task.FromResult(Mails("else@example.org").Count == 1));
        Assert.Empty(Mails("dina@example.org"));
        var asking = await world.StartAsync(
            async context => (await context.RequestApprovalAsync(new() { Title = "Now?" })).Decision,
            submission => submission with { Tags = ["two"], Name = "asks now" }
        );
        await Engine.UntilAsync(asking, "waiting");
        await UntilAsync(() => Task.FromResult(Mails("dina@example.org").Count == 1));
        Assert.Equal("asks now needs a person", Mails("dina@example.org")[0].Subject);

        var due = await Engine.ScalarAsync<DateTime>(
            "SELECT due_at FROM notification_digest_items WHERE owner LIKE 'person:%'"
        );
        Assert.Equal(
            8,
            TimeZoneInfo.ConvertTimeFromUtc(due, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).Hour
        );
        await EndWindowAsync();
        await UntilAsync(() => Task.FromResult(Mails("dina@example.org").Count == 2));
        Assert.Equal("1 news from AgentControl", Mails("dina@example.org")[1].Subject);
        Assert.Contains("for both completed", Mails("dina@example.org")[1].TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_channel_is_told_at_once_or_in_one_digest_and_never_twice()
    {
        await ChannelAsync("room-three", "slack", ("webhookUrl", $"{world.Receiver.Address}/room-three"));
        await RuleAsync(Draft("room-three") with { Tags = ["three"] });
        await RuleAsync(Draft("room-three") with { Tags = ["three", "both"], Digest = new("hour") });
        await RuleAsync(new(["completed"], [], ["both"], [], [], "room-three"));

        await JobAsync("three", "gathered once");
        await JobAsync("both", "told at once");

        await UntilAsync(() => Task.FromResult(world.Receiver.On("/room-three").Count == 1));
        Assert.Contains("told at once", world.Receiver.On("/room-three")[0].Body, StringComparison.Ordinal);
        Assert.Equal(1, await WaitingAsync("room-three"));
    }

    [Fact]
    public async Task What_is_wrong_with_a_digest_is_told_by_field()
    {
        foreach (
            var (wish, channel, field) in new[]
            {
                (new DigestWish("week"), "mail", "digest.every"),
                (new DigestWish("day", "8 o'clock", "UTC"), "mail", "digest.at"),
                (new DigestWish("day", "08:00", "Mars/Base"), "mail", "digest.timeZone"),
                (new DigestWish("hour"), "inApp", "digest"),
            }
        )
        {
            var draft = new NotificationRuleDraft(
                ["failed"],
                [],
                [],
                [],
                channel == "mail" ? ["owner"] : [],
                channel,
                Digest: wish
            );
            var outcome = await Engine.Get<NotificationRules>().SaveAsync(null, draft, Ana, Now);
            Assert.Equal(
                [field],
                Assert.IsType<NotificationOutcome<NotificationRuleView>.Invalid>(outcome).Errors.Keys
            );
        }
    }

    private static NotificationRuleDraft Draft(string channel) =>
        new(["completed"], [], [], [], [], channel, Digest: new DigestWish("day", "08:00", "Europe/Berlin"));

    private Task<long> WaitingAsync(string channel) =>
        Engine.ScalarAsync<long>($"SELECT count(*) FROM notification_digest_items WHERE channel = '{channel}'");

    /// <summary>The time of everything that was gathered has come.</summary>
    private async Task EndWindowAsync()
    {
        await Engine.ExecuteAsync("UPDATE notification_digest_items SET due_at = (SELECT min(ac_now()) FROM clock)");
        Engine.Get<NotificationCourier>().Ring();
    }

    private async Task LookAsync(params EngineProcess[] engines)
    {
        for (var i = 0; i < 3; i++)
            await Task.WhenAll(
                engines.Select(async engine =>
                {
                    await using var connection = await Engine.Database.OpenConnectionAsync(Now);
                    await engine.Get<NotificationDigests>().LookAsync(connection, Now);
                })
            );
    }

    private async Task ChannelAsync(string name, string type, params (string Key, string Value)[] settings) =>
        Assert.IsType<NotificationOutcome<OwnChannelView>.Saved>(
            await Engine
                .Get<OwnChannels>()
                .SaveAsync(
                    name,
                    type,
                    settings.Append(("allowPrivate", "true")).ToDictionary(s => s.Item1, s => s.Item2),
                    Ana,
                    Now
                )
        );

    private async Task RuleAsync(NotificationRuleDraft draft) =>
        Assert.IsType<NotificationOutcome<NotificationRuleView>.Saved>(
            await Engine.Get<NotificationRules>().SaveAsync(null, draft, Ana, Now)
        );

    private async Task JobAsync(string tag, string name)
    {
        var job = await world.StartAsync(
            _ => Task.FromResult<object?>("done"),
            submission => submission with { Tags = [tag], Name = name }
        );
        await Engine.UntilAsync(job, "succeeded");
    }

    private IReadOnlyList<MimeKit.MimeMessage> Mails(string to) =>
        [
            .. world.Mail.Mails.Where(m =>
                m.To.Mailboxes.Any(t => string.Equals(t.Address, to, StringComparison.OrdinalIgnoreCase))
            ),
        ];

    private static Task UntilAsync(Func<Task<bool>> so) => Eventually.TrueAsync(so, Now);
}
