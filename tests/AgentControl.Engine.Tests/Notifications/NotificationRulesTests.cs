using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Notifications;

/// <summary>Rules and channels that admins make, the status of long jobs, and what a job asks for itself.</summary>
public sealed class NotificationRulesTests(NotificationWorld world) : IClassFixture<NotificationWorld>
{
    private static readonly Caller Ana = new(CallerKind.Person, Guid.Empty, "Ana")
    {
        Roles = Caller.Global(Role.Admin),
    };

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private EngineProcess Engine => world.Engine;

    [Fact]
    public async Task A_rule_tells_by_a_channel_that_an_admin_made_and_a_switched_off_one_does_not()
    {
        await ChannelAsync("own-room", "rules-on");
        var rule = await RuleAsync(Draft("own-room") with { Tags = ["ruled"] });
        var first = await JobAsync("ruled");
        await UntilAsync(() => Told("/own-room", first) == 1);

        await SaveAsync(rule, Draft("own-room") with { Tags = ["ruled"], Enabled = false });
        await RuleAsync(Draft("own-room") with { Tags = ["after"] });
        var second = await JobAsync("ruled");
        var third = await JobAsync("after");
        await UntilAsync(() => Told("/own-room", third) == 1);
        Assert.Equal(0, Told("/own-room", second));
    }

    [Fact]
    public async Task Two_rules_of_one_channel_tell_once_and_to_everybody_whom_they_name()
    {
        await Engine.ScalarAsync<long>(
            """
            WITH p AS (INSERT INTO users (id, user_name, display_name, email, created_at, disabled_at, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
              SELECT gen_random_uuid(), name, name, name || '@example.org', ac_now(), CASE WHEN name = 'gone' THEN ac_now() END, false, false, false, false, 0
                FROM (VALUES ('vera'), ('otto'), ('gone')) v(name) RETURNING id, user_name),
            r AS (INSERT INTO grants (principal_kind, principal_id, workspace, role)
              SELECT 'person', id, CASE user_name WHEN 'otto' THEN 'elsewhere' ELSE 'default' END, 'viewer' FROM p RETURNING 1)
            SELECT count(*) FROM r
            """
        );
        await RuleAsync(Draft("mail") with { Tags = ["both"], Tell = ["members"] });
        await RuleAsync(Draft("mail") with { Tags = ["both"], Tell = ["boss@example.org"] });
        await JobAsync("both", "told-to-both");
        await UntilAsync(() => Mails("told-to-both completed").Count == 1);
        // Neither who may not look into the workspace, nor who is disabled, nor those whom the channel itself writes to.
        Assert.Equal(
            ["boss@example.org", "vera@example.org"],
            Mails("told-to-both completed")[0].To.Mailboxes.Select(m => m.Address).Order()
        );
    }

    [Fact]
    public async Task What_is_wrong_with_a_rule_is_told_by_field_and_only_admins_make_one()
    {
        var rules = Engine.Get<NotificationRules>();
        var wrong = new NotificationRuleDraft(["rumour"], [""], [], [], ["nobody"], "none", true, 0, 51);
        var outcome = await rules.SaveAsync(null, wrong, Ana, Now);
        var errors = Assert.IsType<NotificationOutcome<NotificationRuleView>.Invalid>(outcome).Errors;
        Assert.Equal(["agents", "channel", "everyMinutes", "everyPercent", "on"], errors.Keys.Except(["tell"]).Order());
        await Assert.ThrowsAsync<AccessDeniedException>(() =>
            rules.SaveAsync(null, Draft("inApp"), Ana with { Roles = Caller.Global(Role.Operator) }, Now)
        );
    }

    [Fact]
    public async Task Secrets_lie_encrypted_stay_when_left_out_and_a_used_channel_is_not_deleted()
    {
        var channels = Engine.Get<OwnChannels>();
        await ChannelAsync("kept", "kept-secret");
        var rule = await RuleAsync(Draft("kept") with { Tags = ["kept"] });
        Assert.Equal(
            0,
            await Engine.ScalarAsync<long>(
                "SELECT count(*) FROM notification_own_channels WHERE concat(settings, secrets) LIKE '%kept-secret%'"
            )
        );
        var saved = await channels.SaveAsync(
            "kept",
            "slack",
            new Dictionary<string, string> { ["allowPrivate"] = "true" },
            Ana,
            Now
        );
        Assert.Equal(["webhookUrl"], Assert.IsType<NotificationOutcome<OwnChannelView>.Saved>(saved).Value.HasSecrets);
        var test = await Engine.Get<NotificationCommands>().TestAsync("kept", Ana, Now);
        Assert.True(test!.Sent, test.Answer);

        Assert.IsType<NotificationOutcome<bool>.Invalid>(await channels.DeleteAsync("kept", Ana, Now));
        Assert.True(await Engine.Get<NotificationRules>().DeleteAsync(rule, Ana, Now));
        Assert.IsType<NotificationOutcome<bool>.Saved>(await channels.DeleteAsync("kept", Ana, Now));
        Assert.IsType<NotificationOutcome<OwnChannelView>.Invalid>(
            await channels.SaveAsync("mail", "slack", new Dictionary<string, string>(), Ana, Now)
        );
    }

    [Fact]
    public async Task The_status_of_a_long_job_is_told_once_a_period_by_two_processes()
    {
        await ChannelAsync("pulse", "pulse");
        await RuleAsync(Draft("pulse") with { On = [], Tags = ["long"], EveryMinutes = 10, EveryPercent = 25 });
        await using var other = await world.StartAnotherAsync();
        var let = new TaskCompletionSource();
        var job = await world.StartAsync(
            async _ =>
            {
                await let.Task;
                return "done";
            },
            submission => submission with { Tags = ["long"], Name = "long-one" }
        );
        await Engine.UntilAsync(job, "running");
        await Engine.ScalarAsync<long>(
            $"WITH u AS (UPDATE job_runs SET progress_completed = 60, progress_total = 100 WHERE job_id = '{job}' RETURNING 1) SELECT count(*) FROM u"
        );
        // It is past 50 percent.
        await UntilAsync(() => Told("/pulse", job) == 1);
        await Engine.ScalarAsync<long>(
            $"WITH u AS (UPDATE job_runs SET started_at = started_at - interval '25 min' WHERE job_id = '{job}' RETURNING 1) SELECT count(*) FROM u"
        );
        Engine.Get<NotificationCourier>().Ring();
        await UntilAsync(() => Told("/pulse", job) == 2);
        await using var connection = await Engine.Database.OpenConnectionAsync(Now);
        for (var i = 0; i < 3; i++)
        {
            await Engine.Get<NotificationStatus>().LookAsync(connection, Now);
            await other.Get<NotificationStatus>().LookAsync(connection, Now);
        }
        Assert.Equal(
            2,
            await Engine.ScalarAsync<long>(
                $"SELECT count(*) FROM notifications WHERE job_id = '{job}' AND kind = 'status'"
            )
        );
        Assert.Contains("60 of 100 (60 %)", world.Receiver.On("/pulse")[^1].Body, StringComparison.Ordinal);
        let.SetResult();
    }

    [Theory]
    [InlineData("""[1]""", "notify")]
    [InlineData("""{"channels":[]}""", "notify.channels")]
    [InlineData("""{"channels":["nowhere"]}""", "notify.channels")]
    [InlineData("""{"channels":["mail"],"on":["rumour"]}""", "notify.on")]
    [InlineData("""{"channels":["mail"],"everyMinutes":0}""", "notify.everyMinutes")]
    [InlineData("""{"channels":["mail"],"everyPercent":"ten"}""", "notify.everyPercent")]
    [InlineData("""{"channels":["mail"],"when":["failed"]}""", "notify.when")]
    public async Task What_a_job_asks_for_wrongly_is_refused_by_field(string notify, string field)
    {
        var outcome = await Engine
            .Get<JobCommands>()
            .SubmitAsync(
                new JobSubmission
                {
                    Agent = "test",
                    Input = JsonSerializer.SerializeToElement(new { }),
                    Notify = JsonElement.Parse(notify),
                },
                Ana.Actor,
                null,
                Now
            );
        Assert.Contains(field, Assert.IsType<SubmitOutcome.Invalid>(outcome).Errors.Keys);
    }

    private static NotificationRuleDraft Draft(string channel) => new(["completed"], [], [], [], [], channel);

    private async Task ChannelAsync(string name, string secret)
    {
        var outcome = await Engine
            .Get<OwnChannels>()
            .SaveAsync(
                name,
                "slack",
                new Dictionary<string, string>
                {
                    ["webhookUrl"] = $"{world.Receiver.Address}/{name}?key={secret}",
                    ["allowPrivate"] = "true",
                },
                Ana,
                Now
            );
        Assert.IsType<NotificationOutcome<OwnChannelView>.Saved>(outcome);
    }

    private Task<Guid> RuleAsync(NotificationRuleDraft draft) => SaveAsync(null, draft);

    private async Task<Guid> SaveAsync(Guid? id, NotificationRuleDraft draft)
    {
        var outcome = await Engine.Get<NotificationRules>().SaveAsync(id, draft, Ana, Now);
        return Assert.IsType<NotificationOutcome<NotificationRuleView>.Saved>(outcome).Value.Id;
    }

    private async Task<Guid> JobAsync(string tag, string? name = null)
    {
        var job = await world.StartAsync(
            _ => Task.FromResult<object?>("done"),
            submission => submission with { Tags = [tag], Name = name }
        );
        await Engine.UntilAsync(job, "succeeded");
        return job;
    }

    /// <summary>How often the room heard of a job; a message names its page.</summary>
    private int Told(string path, Guid job) =>
        world
            .Receiver.On(path)
            .Count(g => g.Body.Contains(AgentControl.Core.Jobs.ShortId.Of(job), StringComparison.Ordinal));

    private IReadOnlyList<MimeKit.MimeMessage> Mails(string subject) =>
        [.. world.Mail.Mails.Where(m => m.Subject == subject)];

    private static Task UntilAsync(Func<bool> so) => Eventually.TrueAsync(so, Now);
}
