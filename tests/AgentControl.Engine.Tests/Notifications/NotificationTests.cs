using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Engine.Access;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;
using Microsoft.AspNetCore.Http;

namespace AgentControl.Engine.Tests.Notifications;

public sealed class NotificationTests(NotificationWorld world) : IClassFixture<NotificationWorld>
{
    private static readonly Caller Ana = new(CallerKind.Person, Guid.Empty, "Ana")
    {
        Roles = Caller.Global(Role.Admin),
    };

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private EngineProcess Engine => world.Engine;

    [Fact]
    public async Task A_job_that_ends_is_told_signed_by_both_keys_and_stands_in_its_log()
    {
        var job = await JobAsync("signed");

        var message = await UntilAsync(job, "signed", "sent");
        var (_, id, body) = Assert.Single(
            world.Receiver.On("/signed"),
            g => g.Body.Contains(job.ToString(), StringComparison.Ordinal)
        );
        Assert.Equal($"msg_{message.Id:n}", id);
        var data = JsonElement.Parse(body).GetProperty("data");
        Assert.Equal("completed", data.GetProperty("kind").GetString());
        Assert.StartsWith(
            "https://control.example.org/jobs/",
            data.GetProperty("link").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal(
            1,
            await Engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'notification.sent'"
            )
        );
        Assert.Equal(1, await CountAsync(job, "inApp", "sent"));
    }

    [Fact]
    public async Task A_receiver_that_fails_is_asked_again_with_the_same_id()
    {
        world.Receiver.On(
            "/flaky",
            (context, call) => Task.FromResult(context.Response.StatusCode = call == 1 ? 500 : 204)
        );
        var job = await JobAsync("flaky");

        await UntilAsync(job, "flaky", "pending", n => n.Answer?.StartsWith("500", StringComparison.Ordinal) == true);
        await DueNowAsync(job);
        await UntilAsync(job, "flaky", "sent");
        Assert.Equal(2, world.Receiver.On("/flaky").Count);
        Assert.Single(world.Receiver.On("/flaky").Select(g => g.Id).Distinct());
    }

    [Fact]
    public async Task A_receiver_that_hangs_holds_up_no_other()
    {
        var let = new TaskCompletionSource();
        world.Receiver.On("/hangs", (_, _) => let.Task);
        var slow = await JobAsync("hangs");
        await EventuallyAsync(() => Task.FromResult(world.Receiver.On("/hangs").Count == 1));

        var quick = await JobAsync("signed");
        await UntilAsync(quick, "signed", "sent");
        Assert.Equal(1, await CountAsync(slow, "hangs", "pending"));
        let.SetResult();
        await UntilAsync(slow, "hangs", "sent");
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_is_not_followed()
    {
        world.Receiver.On(
            "/moved",
            (context, _) =>
            {
                context.Response.Redirect("/elsewhere");
                return Task.CompletedTask;
            }
        );
        var job = await JobAsync("moved");

        await UntilAsync(job, "moved", "pending", n => n.Answer?.StartsWith("302", StringComparison.Ordinal) == true);
        Assert.Empty(world.Receiver.On("/elsewhere"));
    }

    [Fact]
    public async Task Gone_disables_the_channel_until_a_test_arrives_and_then_it_is_sent_again()
    {
        world.Receiver.On(
            "/gone",
            (context, call) => Task.FromResult(context.Response.StatusCode = call == 1 ? 410 : 204)
        );
        var first = await JobAsync("gone");
        var failed = await UntilAsync(first, "gone", "failed");
        var second = await JobAsync("gone");
        Assert.Equal(NotificationDelivery.Disabled, (await UntilAsync(second, "gone", "failed")).Answer);
        Assert.Single(world.Receiver.On("/gone"));

        var commands = Engine.Get<NotificationCommands>();
        var answer = await commands.TestAsync("gone", Ana, Now);
        Assert.True(answer!.Sent, answer.Answer);
        Assert.True(await commands.ResendAsync(failed.Id, Ana, Now));
        Engine.Get<NotificationCourier>().Ring();
        await UntilAsync(first, "gone", "sent");
        Assert.Equal($"msg_{failed.Id:n}", world.Receiver.On("/gone")[^1].Id);
        Assert.Equal(world.Receiver.On("/gone")[0].Id, world.Receiver.On("/gone")[^1].Id);
    }

    [Fact]
    public async Task A_private_address_is_not_called_unless_that_is_meant()
    {
        var answer = await Engine.Get<NotificationCommands>().TestAsync("guarded", Ana, Now);
        Assert.False(answer!.Sent);
        Assert.Contains("allowPrivate", answer.Answer, StringComparison.Ordinal);
        Assert.Empty(world.Receiver.On("/guarded"));
    }

    [Fact]
    public async Task A_crash_between_sending_and_marking_sends_the_same_id_again_and_an_old_mark_counts_no_more()
    {
        world.Receiver.On(
            "/twice",
            (context, call) => Task.FromResult(context.Response.StatusCode = call == 1 ? 500 : 204)
        );
        var job = await JobAsync("twice");
        await UntilAsync(job, "twice", "pending", n => n.Answer is not null);
        await using var connection = await Engine.Database.OpenConnectionAsync(Now);
        await SqlAsync(
            $"UPDATE notifications SET next_at = ac_now() - interval '1 s' WHERE job_id = '{job}' AND channel = 'twice' AND kind = 'completed'"
        );
        // Somebody takes it, sends it, and dies before the mark.
        ClaimedMessage? claimed = null;
        await EventuallyAsync(async () =>
        {
            claimed ??= await NotificationStore.ClaimAsync(connection, "twice");
            return claimed is not null || await CountAsync(job, "twice", "sent") == 1;
        });
        if (claimed is not null)
        {
            Assert.Null(await NotificationStore.ClaimAsync(connection, "twice"));
            await DueNowAsync(job);
            await UntilAsync(job, "twice", "sent");
            Assert.False(await NotificationStore.MarkAsync(connection, claimed, "failed", null, "late"));
        }
        Assert.Single(world.Receiver.On("/twice").Select(g => g.Id).Distinct());
    }

    [Fact]
    public async Task Chat_shows_names_and_a_link_and_nothing_that_makes_links_of_texts()
    {
        var job = await JobAsync("chat", "Books & <https://evil.example|more>");

        await UntilAsync(job, "chat", "sent");
        var body = Assert.Single(world.Receiver.On("/chat")).Body;
        var text = JsonElement.Parse(body).GetProperty("text").GetString();
        Assert.StartsWith(
            "Books &amp; &lt;https://evil.example|more&gt; completed: It took",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("https://control.example.org/jobs/", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_has_text_and_html()
    {
        var job = await JobAsync("mail", "Close <b>books</b>");

        await UntilAsync(job, "mail", "sent");
        var mail = Assert.Single(
            world.Mail.Mails,
            m => m.Subject?.StartsWith("Close", StringComparison.Ordinal) == true
        );
        Assert.Equal("Close <b>books</b> completed", mail.Subject);
        Assert.Equal("ops@example.org", Assert.Single(mail.To.Mailboxes).Address);
        Assert.Contains("https://control.example.org/jobs/", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("Close &lt;b&gt;books&lt;/b&gt;", mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_goes_to_those_who_may_decide_it_and_its_end_to_who_started_the_job()
    {
        await SqlAsync(
            """
            WITH p AS (INSERT INTO users (id, user_name, display_name, email, created_at, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
              SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, name, name, name || '@example.org', ac_now(), false, false, false, false, 0
                FROM (VALUES (1, 'maria'), (2, 'ben'), (3, 'chen'), (4, 'dora')) v(n, name) RETURNING id, user_name),
            g AS (INSERT INTO groups (name, description, created_at) VALUES ('payers', '', ac_now()) RETURNING name),
            r AS (INSERT INTO grants (principal_kind, principal_id, workspace, role) SELECT 'person', id, '*', 'approver' FROM p)
            INSERT INTO group_members (group_name, person_id) SELECT g.name, p.id FROM p, g WHERE p.user_name IN ('maria', 'ben')
            """
        );
        var maria = Guid.Parse("00000000-0000-0000-0000-000000000001");
        var job = await Engine.SubmitAsync(
            "test",
            world.Input(
                async (context, _) =>
                    (
                        await context.RequestApprovalAsync(
                            new()
                            {
                                Title = "Pay?",
                                Approvers = ["Payers", "CHEN@example.org"],
                                NotStarter = true,
                            }
                        )
                    ).Decision
            ),
            submission => submission with { Name = "Pay suppliers", Tags = ["asks", "owners"] },
            new Actor($"person:{maria}", "Maria", null, maria)
        );

        await EventuallyAsync(() => Task.FromResult(MailsOf("Pay suppliers needs a person").Count == 1));
        // Not who started it, though in the group; not who is not named.
        Assert.Equal(["ben@example.org", "chen@example.org"], MailsOf("Pay suppliers needs a person")[0].Order());
        var approval = await Engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{job}'");
        await Engine
            .Get<AgentControl.Engine.Approvals.ApprovalCommands>()
            .DecideAsync(
                approval,
                AgentControl.Core.Approvals.ApprovalDecision.Approve,
                1,
                null,
                null,
                new Caller(CallerKind.Person, Guid.NewGuid(), "ben")
                {
                    Groups = ["payers"],
                    Roles = Caller.Global(Role.Approver),
                },
                Now
            );
        await EventuallyAsync(() => Task.FromResult(MailsOf("Pay suppliers completed").Count == 1));
        Assert.Equal(["maria@example.org"], MailsOf("Pay suppliers completed")[0]);
    }

    /// <summary>To whom the mails of this subject went; those that went to nobody are left out.</summary>
    private IReadOnlyList<IReadOnlyList<string>> MailsOf(string subject) =>
        [
            .. world
                .Mail.Mails.Where(m => m.Subject == subject)
                .Select(m => (IReadOnlyList<string>)[.. m.To.Mailboxes.Select(to => to.Address)]),
        ];

    [Fact]
    public async Task Two_engines_tell_each_news_once_and_a_jobs_own_wish_is_heard()
    {
        await using var other = await world.StartAnotherAsync();
        var jobs = new List<Guid>();
        for (var i = 0; i < 20; i++)
            jobs.Add(
                await world.StartAsync(
                    _ => Task.FromResult<object?>("done"),
                    job =>
                        job with
                        {
                            Notify = JsonSerializer.SerializeToElement(new { channels = new[] { "signed" } }),
                        }
                )
            );

        foreach (var job in jobs)
            await UntilAsync(job, "signed", "sent");
        var ids = world.Receiver.On("/signed").Select(g => g.Id).ToList();
        Assert.Equal(ids.Distinct().Order(), ids.Order());
        Assert.All(
            jobs,
            job =>
                Assert.Single(
                    world.Receiver.On("/signed"),
                    g => g.Body.Contains(job.ToString(), StringComparison.Ordinal)
                )
        );
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

    private Task<long> CountAsync(Guid job, string channel, string state) =>
        Engine.ScalarAsync<long>(
            $"SELECT count(*) FROM notifications WHERE job_id = '{job}' AND channel = '{channel}' AND state = '{state}' AND kind = 'completed'"
        );

    private async Task<NotificationView> UntilAsync(
        Guid job,
        string channel,
        string state,
        Func<NotificationView, bool>? so = null
    )
    {
        NotificationView? found = null;
        await EventuallyAsync(async () =>
        {
            var page = await Engine.Get<NotificationQueries>().DeliveriesAsync(channel, state, null, 200, Now);
            found = page.Items.FirstOrDefault(n => n.JobId == job && n.Kind == "completed" && so?.Invoke(n) != false);
            return found is not null;
        });
        return found!;
    }

    private async Task DueNowAsync(Guid job)
    {
        await SqlAsync(
            $"UPDATE notifications SET next_at = ac_now() WHERE job_id = '{job}' AND state = 'pending' AND kind = 'completed'"
        );
        Engine.Get<NotificationCourier>().Ring();
    }

    private async Task SqlAsync(string sql)
    {
        await using var command = Engine.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Now);
    }

    private static Task EventuallyAsync(Func<Task<bool>> so) => Eventually.TrueAsync(so, Now);
}
