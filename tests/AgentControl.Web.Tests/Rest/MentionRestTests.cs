using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Rest;

/// <summary>Names in comments over REST: on a job, a step, a file and an approval.</summary>
public sealed class MentionRestTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_comment_answers_whom_it_names_and_their_feed_says_so_once()
    {
        var (name, key) = await PersonAsync(Caller.Everywhere);
        var (other, otherKey) = await PersonAsync("elsewhere");
        var job = (
            await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 2, approvalAtStep = 1 } })
        ).Text("id")!;
        await program.WaitForAsync(job, "waiting");
        var approval = (await program.Admin.GetFromJsonAsync<JsonElement>($"approvals?jobId={job}", Stop))
            .Items()
            .Single()
            .Text("id")!;
        var said = $"**@{name}** `@{name}` @{other} @nobody";

        (string Path, object Body)[] places =
        [
            ($"jobs/{job}/comments", new { body = said }),
            ($"jobs/{job}/comments", new { body = said, step = "step-0#1" }),
            ("workspaces/default/comments", new { body = said, anchor = new { kind = "file", id = "out/a b.txt" } }),
        ];
        foreach (var (path, body) in places)
        {
            using var made = await program.Admin.PostAsJsonAsync(path, body, Stop);
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
            AssertNamed(name, (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("mentions"));
        }
        using var asked = await program.Admin.PostAsJsonAsync($"approvals/{approval}/ask", new { text = said }, Stop);
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        var listed = await program.Admin.GetFromJsonAsync<JsonElement>("workspaces/default/comments", Stop);
        var own = listed.Items().Where(c => c.Text("body") == said).ToList();
        Assert.True(own.Count >= places.Length, $"Only {own.Count} comments.");
        Assert.All(own, c => AssertNamed(name, c.GetProperty("mentions")));

        var lines = await FeedAsync(key, 4);
        Assert.Equal(
            [
                $"/a/{approval}",
                "/workspace/out/a%20b.txt#comment-",
                $"/jobs/{ShortId(job)}/comments#comment-",
                $"/jobs/{ShortId(job)}/comments#comment-",
            ],
            lines.Select(l => l.Text("link")!.Split("#comment-") is [var path, _] ? $"{path}#comment-" : l.Text("link"))
        );
        using var stranger = program.ClientOf(otherKey);
        Assert.Empty((await stranger.GetFromJsonAsync<JsonElement>("notifications?kind=mentioned", Stop)).Items());
        Assert.Empty((await program.Admin.GetFromJsonAsync<JsonElement>("notifications?kind=mentioned", Stop)).Items());
    }

    [Fact]
    public async Task Who_names_themselves_by_their_key_is_not_told_and_rules_take_the_new_words()
    {
        var (name, key) = await PersonAsync(Caller.Everywhere);
        var (witness, witnessKey) = await PersonAsync(Caller.Everywhere);
        using var own = program.ClientOf(key);
        using var made = await own.PostAsJsonAsync(
            "workspaces/default/comments",
            new { body = $"@{name} and @{witness}" },
            Stop
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await FeedAsync(witnessKey, 1);
        Assert.Empty((await own.GetFromJsonAsync<JsonElement>("notifications?kind=mentioned", Stop)).Items());

        var rule = new
        {
            on = new[] { "mentioned", "completed" },
            channel = "inApp",
            commentOnResult = true,
        };
        using var kept = await program.Admin.PostAsJsonAsync("notifications/rules", rule, Stop);
        Assert.True(
            (await kept.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("commentOnResult").GetBoolean()
        );
        using var bad = await program.Admin.PostAsJsonAsync(
            "notifications/rules",
            new
            {
                on = new[] { "failed" },
                channel = "inApp",
                digest = new { every = "hour" },
            },
            Stop
        );
        Assert.Contains(
            "The feed",
            (await bad.ProblemAsync(HttpStatusCode.BadRequest, "invalid"))
                .GetProperty("errors")
                .GetProperty("digest")[0]
                .GetString()!
                .Replace("the feed", "The feed", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        using var wrong = await program.Admin.PostAsJsonAsync(
            "jobs",
            new
            {
                agent = "synthetic",
                input = new { steps = 1 },
                notify = new { commentOnResult = "yes" },
            },
            Stop
        );
        var errors = (await wrong.ProblemAsync(HttpStatusCode.BadRequest, "invalid")).GetProperty("errors");
        Assert.Equal("Use true or false.", errors.GetProperty("notify.commentOnResult")[0].GetString());
        using var right = await program.Admin.PostAsJsonAsync(
            "jobs",
            new
            {
                agent = "synthetic",
                input = new { steps = 1 },
                notify = new { commentOnResult = true },
            },
            Stop
        );
        Assert.Equal(HttpStatusCode.Created, right.StatusCode);
    }

    [Fact]
    public async Task Names_are_those_who_may_look_into_the_workspace_and_only_who_may_asks()
    {
        using var made = await program.Admin.PutAsync("workspaces/elsewhere", null, Stop);
        Assert.True(made.IsSuccessStatusCode);
        var (name, key) = await PersonAsync(Caller.Everywhere);
        var (other, otherKey) = await PersonAsync("elsewhere");
        using var reader = program.ClientOf(key);
        using var stranger = program.ClientOf(otherKey);

        async Task<IEnumerable<(string?, string?, string?)>> NamesAsync(string workspace, string begins) =>
            (await reader.GetFromJsonAsync<JsonElement>($"workspaces/{workspace}/names?begins={begins}", Stop))
                .Items()
                .Select(n => (n.Text("kind"), n.Text("name"), n.Text("detail")));

        Assert.Equal([("person", name, $"{name}@example.com")], await NamesAsync("default", name));
        Assert.Empty(await NamesAsync("default", other));
        Assert.Equal(
            [("person", other, $"{other}@example.com")],
            await NamesAsync("elsewhere", other.ToUpperInvariant())
        );
        Assert.NotEmpty((await reader.GetFromJsonAsync<JsonElement>("workspaces/default/names", Stop)).Items());
        using var shut = await stranger.GetAsync("workspaces/default/names", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, shut.StatusCode);
        using var none = await program.Admin.GetAsync("workspaces/nowhere/names", Stop);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using var unknown = await reader.GetAsync("workspaces/default/names?beginning=a", Stop);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Fact]
    public async Task A_person_says_by_a_key_when_their_news_are_mailed_and_nobody_elses_change()
    {
        var (_, key) = await PersonAsync(Caller.Everywhere);
        var (_, otherKey) = await PersonAsync("elsewhere");
        using var own = program.ClientOf(key);
        using var other = program.ClientOf(otherKey);
        Assert.Equal("""{"digest":null}""", await own.GetStringAsync("notifications/digest", Stop));

        using var saved = await own.PutAsJsonAsync(
            "notifications/digest",
            new
            {
                every = "day",
                at = "07:30",
                timeZone = "Europe/Berlin",
            },
            Stop
        );
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        const string daily = """{"digest":{"every":"day","at":"07:30","timeZone":"Europe/Berlin"}}""";
        Assert.Equal(daily, await saved.Content.ReadAsStringAsync(Stop));
        Assert.Equal(daily, await own.GetStringAsync("notifications/digest", Stop));
        Assert.Equal("""{"digest":null}""", await other.GetStringAsync("notifications/digest", Stop));

        foreach (
            var (field, wish) in new (string, object)[]
            {
                ("every", new { every = "week" }),
                ("at", new { every = "day", at = "noon" }),
                (
                    "timeZone",
                    new
                    {
                        every = "day",
                        at = "08:00",
                        timeZone = "Mars/Base",
                    }
                ),
            }
        )
        {
            using var wrong = await own.PutAsJsonAsync("notifications/digest", wish, Stop);
            var errors = (await wrong.ProblemAsync(HttpStatusCode.BadRequest, "invalid")).GetProperty("errors");
            Assert.Equal(field, Assert.Single(errors.EnumerateObject()).Name);
        }
        Assert.Equal(daily, await own.GetStringAsync("notifications/digest", Stop));

        using var taken = await own.DeleteAsync("notifications/digest", Stop);
        Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        Assert.Equal("""{"digest":null}""", await own.GetStringAsync("notifications/digest", Stop));
    }

    [Fact]
    public async Task A_key_that_nobody_owns_has_no_news_by_mail()
    {
        using var asked = await program.Admin.GetAsync("notifications/digest", Stop);
        await asked.ProblemAsync(HttpStatusCode.Conflict, "notification.noPerson");
        using var saved = await program.Admin.PutAsJsonAsync("notifications/digest", new { every = "hour" }, Stop);
        await saved.ProblemAsync(HttpStatusCode.Conflict, "notification.noPerson");
        using var taken = await program.Admin.DeleteAsync("notifications/digest", Stop);
        await taken.ProblemAsync(HttpStatusCode.Conflict, "notification.noPerson");
    }

    private static void AssertNamed(string name, JsonElement mentions)
    {
        var one = Assert.Single(mentions.EnumerateArray());
        Assert.Equal(("person", name, name), (one.Text("kind"), one.Text("name"), one.Text("text")));
    }

    private static string ShortId(string job) => AgentControl.Core.Jobs.ShortId.Of(Guid.Parse(job));

    private async Task<IReadOnlyList<JsonElement>> FeedAsync(string key, int count)
    {
        using var client = program.ClientOf(key);
        IReadOnlyList<JsonElement> lines = [];
        await Eventually.TrueAsync(
            async () =>
            {
                lines = [.. (await client.GetFromJsonAsync<JsonElement>("notifications?kind=mentioned", Stop)).Items()];
                return lines.Count >= count;
            },
            Stop
        );
        Assert.Equal(count, lines.Count);
        return lines;
    }

    private async Task<(string Name, string Key)> PersonAsync(string workspace)
    {
        var name = "p" + Guid.NewGuid().ToString("N")[..8];
        await using var scope = program.Services.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<People>();
        var (id, errors) = await people.AddAsync(
            Caller.System,
            new(name, $"{name}@example.com", "correct horse battery"),
            Stop
        );
        Assert.Empty(errors);
        await people.GrantAsync(Caller.System, id!.Value, workspace, Role.Operator, Stop);
        var outcome = await program
            .Services.GetRequiredService<ApiKeys>()
            .CreateAsync(
                Caller.System,
                new NewApiKey("own", Role.Operator) { OwnerId = id, Workspace = workspace },
                Stop
            );
        return (name, Assert.IsType<ApiKeyOutcome.Created>(outcome).Secret);
    }
}
