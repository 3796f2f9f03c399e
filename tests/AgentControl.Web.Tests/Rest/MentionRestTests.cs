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
