using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Notifications;

/// <summary>People named in comments, and the end of a job as a comment on its result file.</summary>
public sealed class TalkTests(NotificationWorld world) : IClassFixture<NotificationWorld>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private EngineProcess Engine => world.Engine;

    [Fact]
    public async Task Who_is_named_hears_it_once_alone_and_only_with_a_right_to_look()
    {
        var (ana, ben, cora) = (
            await PersonAsync("Ana One"),
            await PersonAsync("Ben One"),
            await PersonAsync("Cora One")
        );
        var stranger = await PersonAsync("Stranger One", workspace: "elsewhere");
        var gone = await PersonAsync("Gone One");
        await Engine.ExecuteAsync($"UPDATE users SET disabled_at = ac_now() WHERE id = '{gone}'");
        await GroupAsync("leads-one", ana, ben, stranger);
        await using var other = await world.StartAnotherAsync();
        var comment = Of(ana, "@ben one and @leads-one, @Stranger One @Gone One @Ana One `@Cora One`: **page 12**");

        // A second press carries the same id.
        var added = await Engine.Get<WorkspaceComments>().AddAsync(comment, Now);
        Assert.Equal(added.Mentions, (await other.Get<WorkspaceComments>().AddAsync(comment, Now)).Mentions);

        Assert.Equal(
            [("person", "Ben One", "ben one"), ("group", "leads-one", "leads-one"), ("person", "Ana One", "Ana One")],
            added.Mentions.Select(m => (m.Kind, m.Name, m.Text))
        );
        await UntilAsync(async () => (await FeedAsync(ben)).Count == 1);
        await LookAsync(Engine, other);
        var line = Assert.Single(await FeedAsync(ben));
        Assert.Equal(("mentioned", "Ana named you in a comment in default"), (line.Kind, line.Title));
        Assert.Contains("page 12", line.Text, StringComparison.Ordinal);
        Assert.Equal($"/workspace/#comment-{comment.Id:N}", line.Link);
        // Not who wrote it, though in the group; nobody else.
        foreach (var person in new[] { ana, cora, stranger, gone })
            Assert.Empty(await FeedAsync(person));
        Assert.Equal(
            1,
            await Engine.ScalarAsync<long>($"SELECT count(*) FROM comment_mentions WHERE comment_id = '{comment.Id}'")
        );
        var feed = Engine.Get<NotificationFeed>();
        Assert.False(await feed.MarkAsync(line.Id, Viewer(cora), Now));
        await feed.MarkAllAsync(null, Viewer(cora), Now);
        Assert.Equal(
            0,
            await Engine.ScalarAsync<long>(
                $"SELECT count(*) FROM notification_reads WHERE notification_id = '{line.Id}'"
            )
        );
        Assert.False(Assert.Single(await FeedAsync(ben)).Read);
        Assert.True(await feed.MarkAsync(line.Id, Viewer(ben), Now));
        Assert.True(Assert.Single(await FeedAsync(ben)).Read);
        Assert.Equal(
            ["Ben One", "Ana One"],
            (await Engine.Get<WorkspaceComments>().ReadAsync("default", null, null, null, 50, Now))
                .Items.Single(c => c.Id == comment.Id)
                .Mentions.Where(m => m.Kind == "person")
                .Select(m => m.Name)
        );
    }

    [Fact]
    public async Task Rules_tell_it_by_mail_and_chat_without_the_text()
    {
        var (ana, ben) = (await PersonAsync("Ana Two"), await PersonAsync("Ben Two"));
        await RuleAsync(new(["mentioned"], [], ["talk-two"], [], ["mentioned"], "mail"));
        await RuleAsync(new(["mentioned"], [], ["talk-two"], [], [], "chat"));
        var job = await JobAsync("talk-two", "two <b>");

        await Engine.Get<WorkspaceComments>().AddAsync(Of(ana, "@ben.two the secret is 42") with { JobId = job }, Now);

        await UntilAsync(() => Task.FromResult(Mails("Ana named Ben Two in a comment on two <b>").Count == 1));
        var mail = Mails("Ana named Ben Two in a comment on two <b>")[0];
        Assert.Equal(["ben.two@example.org"], mail.To.Mailboxes.Select(m => m.Address));
        Assert.DoesNotContain("42", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("/comments#comment-", mail.TextBody, StringComparison.Ordinal);
        await UntilAsync(() => Task.FromResult(world.Receiver.On("/chat").Any(g => Named(g.Body))));
        Assert.DoesNotContain(
            "secret is",
            world.Receiver.On("/chat").First(g => Named(g.Body)).Body,
            StringComparison.Ordinal
        );
        Assert.Single(await FeedAsync(ben));

        static bool Named(string body) => body.Contains("Ana named Ben Two", StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_calls_nobody_and_a_name_that_means_two_means_nobody()
    {
        await PersonAsync("Dana Three", email: "same@example.org");
        await PersonAsync("Dora Three", email: "same@example.com");
        var comments = Engine.Get<WorkspaceComments>();

        var agent = await comments.AddAsync(
            new Comment(Guid.CreateVersion7(), "default", Author.Agent("writer"), "@Dana Three"),
            Now
        );
        var two = await comments.AddAsync(Of(Guid.NewGuid(), "@same and @Dora Three"), Now);

        Assert.Empty(agent.Mentions);
        Assert.Equal(["Dora Three"], two.Mentions.Select(m => m.Name));
    }

    [Fact]
    public async Task Suggestions_are_people_and_groups_who_may_look()
    {
        var ana = await PersonAsync("Zoe Four");
        var stranger = await PersonAsync("Zora Elsewhere", workspace: "elsewhere");
        await GroupAsync("zoo-keepers", ana, stranger);
        await GroupAsync("zoo-strangers", stranger);

        var found = await Engine.Get<MentionQueries>().SuggestAsync("default", "ZO", Now);

        Assert.Equal(
            [("person", "Zoe Four", "zoe.four@example.org"), ("group", "zoo-keepers", "Group of 1")],
            found.Select(f => (f.Kind, f.Name, f.Detail))
        );
        Assert.Equal(
            "Zoe Four",
            Assert.Single(await Engine.Get<MentionQueries>().SuggestAsync("default", "fou", Now)).Name
        );
    }

    [Fact]
    public async Task The_end_of_a_job_is_said_once_on_the_file_that_it_wrote_last()
    {
        await RuleAsync(new(["completed", "failed"], [], ["result-rule"], [], [], "inApp", CommentOnResult: true));
        await using var other = await world.StartAnotherAsync();
        var ruled = await WritingAsync("result-rule", notify: null);
        var wished = await WritingAsync(
            "result-own",
            JsonSerializer.SerializeToElement(new { commentOnResult = true })
        );
        var silent = await WritingAsync("result-none", notify: null);

        foreach (var (job, tag) in new[] { (ruled, "result-rule"), (wished, "result-own") })
        {
            await UntilAsync(async () => await CountAsync(job) == 1);
            Assert.Equal(
                [$"{tag}/b.txt", "program", "AgentControl"],
                await Engine.ScalarAsync<string[]>(
                    $"SELECT ARRAY[anchor, author_kind, author_name] FROM workspace_comments WHERE job_id = '{job}'"
                )
            );
            Assert.StartsWith(
                "Completed. It took ",
                await Engine.ScalarAsync<string>($"SELECT body FROM workspace_comments WHERE job_id = '{job}'"),
                StringComparison.Ordinal
            );
        }
        // The log is looked through again, as behind a restore: nothing is said twice.
        await Engine.ExecuteAsync(
            "UPDATE notification_cursor SET xid = 0, job_id = '00000000-0000-0000-0000-000000000000', no = 0"
        );
        await ScanAsync(Engine, other);
        Assert.Equal(1, await CountAsync(ruled));
        Assert.Equal(1, await CountAsync(wished));
        Assert.Equal(0, await CountAsync(silent));
        Assert.Equal(
            1,
            await Engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{ruled}' AND type = 'comment.added'"
            )
        );
        Assert.Empty(await new AgentControl.Engine.Storage.InvariantCheck(Engine.Database).RunAsync(Now));
    }

    private Task<long> CountAsync(Guid job) =>
        Engine.ScalarAsync<long>($"SELECT count(*) FROM workspace_comments WHERE job_id = '{job}'");

    private async Task<Guid> WritingAsync(string tag, JsonElement? notify)
    {
        var job = await world.StartAsync(
            async context =>
            {
                await context.Workspace.WriteAsync($"{tag}/a.txt", "first"u8.ToArray());
                await context.Workspace.WriteAsync($"{tag}/b.txt", "last"u8.ToArray());
                return "done";
            },
            submission => submission with { Tags = [tag], Notify = notify }
        );
        await Engine.UntilAsync(job, "succeeded");
        return job;
    }

    private async Task LookAsync(params EngineProcess[] engines)
    {
        await using var connection = await Engine.Database.OpenConnectionAsync(Now);
        foreach (var engine in engines)
            for (var i = 0; i < 3; i++)
                await engine.Get<MentionScan>().LookAsync(connection, Now);
    }

    private async Task ScanAsync(params EngineProcess[] engines)
    {
        await using var connection = await Engine.Database.OpenConnectionAsync(Now);
        for (var i = 0; i < 5; i++)
            foreach (var engine in engines)
                await engine.Get<NotificationScan>().LookAsync(connection, Now);
    }

    private async Task<IReadOnlyList<FeedItem>> FeedAsync(Guid person) =>
        (await Engine.Get<NotificationFeed>().ListAsync(Viewer(person), "mentioned", false, null, 100, Now)).Items;

    private static Caller Viewer(Guid id) =>
        new(CallerKind.Person, id, "x") { PersonId = id, Roles = Caller.Global(Role.Viewer) };

    private static Comment Of(Guid author, string body) =>
        new(
            Guid.CreateVersion7(),
            "default",
            Author.Person("Ana") with
            {
                Actor = new Actor($"person:{author}", "Ana", null, author),
            },
            body
        );

    private async Task<Guid> PersonAsync(string name, string? email = null, string workspace = "default")
    {
        var id = Guid.CreateVersion7();
        email ??= name.ToLowerInvariant().Replace(' ', '.') + "@example.org";
        await Engine.ExecuteAsync(
            $"""
            INSERT INTO users (id, user_name, display_name, email, created_at, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
              VALUES ('{id}', '{name}', '{name}', '{email}', ac_now() - interval '1 s', false, false, false, false, 0);
            INSERT INTO grants (principal_kind, principal_id, workspace, role) VALUES ('person', '{id}', '{workspace}', 'viewer')
            """
        );
        return id;
    }

    private async Task GroupAsync(string name, params Guid[] members)
    {
        await Engine.ExecuteAsync(
            $"INSERT INTO groups (name, description, created_at) VALUES ('{name}', '', ac_now());"
                + string.Concat(
                    members.Select(m => $"INSERT INTO group_members (group_name, person_id) VALUES ('{name}', '{m}');")
                )
        );
    }

    private async Task RuleAsync(NotificationRuleDraft draft)
    {
        var admin = new Caller(CallerKind.Person, Guid.Empty, "Ana") { Roles = Caller.Global(Role.Admin) };
        Assert.IsType<NotificationOutcome<NotificationRuleView>.Saved>(
            await Engine.Get<NotificationRules>().SaveAsync(null, draft, admin, Now)
        );
    }

    private async Task<Guid> JobAsync(string tag, string name)
    {
        var job = await world.StartAsync(
            _ => Task.FromResult<object?>("done"),
            submission => submission with { Tags = [tag], Name = name }
        );
        await Engine.UntilAsync(job, "succeeded");
        return job;
    }

    private IReadOnlyList<MimeKit.MimeMessage> Mails(string subject) =>
        [.. world.Mail.Mails.Where(m => m.Subject == subject)];

    private static Task UntilAsync(Func<Task<bool>> so) => Eventually.TrueAsync(so, Now);
}
