using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Rest;

/// <summary>Schedules over REST.</summary>
public sealed class ScheduleTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private readonly string name = $"s{Guid.NewGuid():n}"[..20];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private string Path => $"schedules/{name}";

    [Fact]
    public async Task Made_read_changed_and_deleted()
    {
        using var made = await program.Admin.PutAsJsonAsync(
            Path,
            new
            {
                cron = "0 2 * * 1-5",
                timeZone = "Europe/Berlin",
                agent = "synthetic",
                input = new { steps = 2 },
                description = "Closes the books",
                overlap = "bufferOne",
                missed = "runAll",
                catchUpSeconds = 3_600,
                jobName = "close",
                queue = "default",
                priority = 1,
                tags = new[] { "books" },
                timeoutSeconds = 60,
                ttlSeconds = 600,
                maxAttempts = 2,
                budget = new { costUsd = 1 },
            },
            Now
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal($"/api/v1/{Path}", made.Headers.Location!.ToString());

        var read = await program.Admin.GetFromJsonAsync<JsonElement>(Path, Now);
        Assert.Equal("Every weekday at 02:00", read.Text("sentence"));
        Assert.Equal(
            ("bufferOne", "runAll", "close"),
            (read.Text("overlap"), read.Text("missed"), read.Text("jobName"))
        );
        Assert.Equal(
            (1, 3_600),
            (read.GetProperty("version").GetInt32(), read.GetProperty("catchUpSeconds").GetInt32())
        );
        Assert.Equal(2, read.GetProperty("input").GetProperty("steps").GetInt32());
        Assert.Equal(1, read.GetProperty("budget").GetProperty("costUsd").GetDecimal());
        var next = read.GetProperty("nextRuns").EnumerateArray().Select(n => n.GetDateTimeOffset()).ToList();
        Assert.Equal(5, next.Count);
        Assert.Equal(next[0], read.GetProperty("nextAt").GetDateTimeOffset());
        Assert.All(next, n => Assert.InRange(n.UtcDateTime.Hour, 0, 1));

        using var changed = await program.Admin.PutAsJsonAsync(Path, Minimal(version: 1), Now);
        var now = await changed.Content.ReadFromJsonAsync<JsonElement>(Now);
        Assert.Equal((HttpStatusCode.OK, 2), (changed.StatusCode, now.GetProperty("version").GetInt32()));
        Assert.Equal(("skip", "runOnce"), (now.Text("overlap"), now.Text("missed")));

        using var gone = await program.Admin.DeleteAsync(new Uri(Path, UriKind.Relative), Now);
        using var after = await program.Admin.GetAsync(new Uri(Path, UriKind.Relative), Now);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        await after.ProblemAsync(HttpStatusCode.NotFound, "notFound");
    }

    [Fact]
    public async Task An_older_version_overwrites_and_deletes_nothing()
    {
        await SaveAsync(Minimal());
        await SaveAsync(Minimal());
        using var stale = await program.Admin.PutAsJsonAsync(Path, Minimal(version: 1), Now);
        var problem = await stale.ProblemAsync(HttpStatusCode.Conflict, "schedule.changed");
        Assert.Equal(2, problem.GetProperty("version").GetInt32());
        using var again = await program.Admin.PutAsJsonAsync(Path, Minimal(version: 0), Now);
        await again.ProblemAsync(HttpStatusCode.Conflict, "schedule.changed");
        using var early = await program.Admin.PutAsJsonAsync(Path + "x", Minimal(version: 4), Now);
        Assert.Contains("Leave the version out", await early.FieldAsync("version"), StringComparison.Ordinal);
        using var blind = await program.Admin.DeleteAsync(new Uri($"{Path}?version=1", UriKind.Relative), Now);
        await blind.ProblemAsync(HttpStatusCode.Conflict, "schedule.changed");
    }

    [Theory]
    [InlineData("""{"timeZone":"UTC","agent":"synthetic"}""", "cron", "Say when it is due.")]
    [InlineData(
        """{"cron":"61 * * * *","timeZone":"UTC","agent":"synthetic"}""",
        "cron",
        "'61 * * * *' is no cron expression"
    )]
    [InlineData(
        """{"cron":"0 0 30 2 *","timeZone":"UTC","agent":"synthetic"}""",
        "cron",
        "'0 0 30 2 *' never comes due."
    )]
    [InlineData(
        """{"cron":"@daily","timeZone":"Moon","agent":"synthetic"}""",
        "timeZone",
        "No time zone is called 'Moon'. Use an IANA name"
    )]
    [InlineData("""{"cron":"@daily","agent":"synthetic"}""", "timeZone", "Say in which time zone.")]
    [InlineData("""{"cron":"@daily","timeZone":"UTC"}""", "agent", "Name the agent.")]
    [InlineData("""{"cron":"@daily","timeZone":"UTC","agent":"nobody"}""", "agent", "No agent is called 'nobody'.")]
    [InlineData("""{"cron":"@daily","timeZone":"UTC","agent":"synthetic","input":{"steps":"x"}}""", "input.steps", "")]
    [InlineData(
        """{"cron":"@daily","timeZone":"UTC","agent":"synthetic","overlap":"wait"}""",
        "overlap",
        "'wait' is unknown. Use one of: skip, bufferOne, allow, cancelOther."
    )]
    [InlineData(
        """{"cron":"@daily","timeZone":"UTC","agent":"synthetic","missed":"x"}""",
        "missed",
        "'x' is unknown. Use one of: skip, runOnce, runAll."
    )]
    [InlineData(
        """{"cron":"@daily","timeZone":"UTC","agent":"synthetic","catchUpSeconds":1}""",
        "catchUpSeconds",
        "Use 60 to 2678400 seconds."
    )]
    [InlineData(
        """{"cron":"@daily","timeZone":"UTC","agent":"synthetic","endAt":"2020-01-01T00:00:00Z"}""",
        "endAt",
        "It has passed."
    )]
    [InlineData(
        """{"cron":"@daily","timeZone":"UTC","agent":"synthetic","startAt":"2999-01-02T00:00:00Z","endAt":"2999-01-01T00:00:00Z"}""",
        "endAt",
        "It lies before the start."
    )]
    [InlineData("""{"cron":"@daily","timeZone":"UTC","agent":"synthetic","queue":"No Queue"}""", "queue", "Use a-z")]
    [InlineData(
        """{"cron":"@daily","timeZone":"UTC","agent":"synthetic","jobName":""}""",
        "jobName",
        "Use 1 to 200 characters"
    )]
    [InlineData(
        """{"cron":"@daily","timeZone":"UTC","agent":"synthetic","workspace":"nowhere"}""",
        "workspace",
        "There is no workspace nowhere."
    )]
    [InlineData("""{"cron":"@daily","timeZone":"UTC","agent":"synthetic","when":"now"}""", "when", "")]
    public async Task A_mistake_is_told_by_its_field(string body, string field, string remedy)
    {
        using var request = ProblemReading.Json(HttpMethod.Put, Path, body);
        using var answer = await program.Admin.SendAsync(request, Now);
        Assert.StartsWith(remedy, await answer.FieldAsync(field), StringComparison.Ordinal);
        using var none = await program.Admin.GetAsync(new Uri(Path, UriKind.Relative), Now);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Theory]
    [InlineData("new")]
    [InlineData("preview")]
    [InlineData("Upper")]
    [InlineData("1st")]
    public async Task Names_that_are_addresses_and_unfit_ones_are_refused(string taken)
    {
        using var answer = await program.Admin.PutAsJsonAsync($"schedules/{taken}", Minimal(), Now);
        await answer.FieldAsync("name");
    }

    [Fact]
    public async Task Run_now_answers_the_job_once_for_each_key_and_stands_in_the_history()
    {
        await SaveAsync(Minimal());
        var ids = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var request = ProblemReading.Json(HttpMethod.Post, Path + "/run", "{}", "key-" + name);
            using var answer = await program.Admin.SendAsync(request, Now);
            Assert.Equal(i == 0 ? HttpStatusCode.Created : HttpStatusCode.OK, answer.StatusCode);
            var job = await answer.Content.ReadFromJsonAsync<JsonElement>(Now);
            Assert.Equal(name, job.Text("schedule"));
            ids.Add(job.Text("id")!);
        }
        Assert.Equal(ids[0], ids[1]);
        await program.WaitForAsync(ids[0], "succeeded");

        var runs = await program.Admin.GetFromJsonAsync<JsonElement>(Path + "/runs", Now);
        var run = Assert.Single(runs.Items());
        Assert.Equal(("manual", "started", "completed"), (run.Text("trigger"), run.Text("outcome"), run.Text("label")));
        var list = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs?schedule={name}", Now);
        Assert.Equal(ids[0], Assert.Single(list.Items()).Text("id"));
        var found = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs?search=schedule:{name}", Now);
        Assert.Single(found.Items());
    }

    [Fact]
    public async Task Paused_and_resumed_as_often_as_one_likes()
    {
        await SaveAsync(Minimal());
        for (var i = 0; i < 2; i++)
        {
            using var pause = await program.Admin.PostAsJsonAsync(Path + "/pause", new { reason = "month end" }, Now);
            var paused = await pause.Content.ReadFromJsonAsync<JsonElement>(Now);
            Assert.True(paused.GetProperty("paused").GetBoolean());
            Assert.Equal("month end", paused.Text("pauseReason"));
            Assert.Equal(JsonValueKind.Null, paused.GetProperty("nextAt").ValueKind);
        }
        // A change leaves it off.
        var changed = await SaveAsync(Minimal());
        Assert.True(changed.GetProperty("paused").GetBoolean());
        for (var i = 0; i < 2; i++)
        {
            using var resume = await program.Admin.PostAsync(new Uri(Path + "/resume", UriKind.Relative), null, Now);
            var on = await resume.Content.ReadFromJsonAsync<JsonElement>(Now);
            Assert.False(on.GetProperty("paused").GetBoolean());
            Assert.Equal(JsonValueKind.String, on.GetProperty("nextAt").ValueKind);
        }
        foreach (var command in new[] { "run", "pause", "resume" })
        {
            using var none = await program.Admin.PostAsync(
                new Uri($"schedules/nobody/{command}", UriKind.Relative),
                null,
                Now
            );
            await none.ProblemAsync(HttpStatusCode.NotFound, "notFound");
        }
    }

    [Fact]
    public async Task The_list_is_filtered_paged_and_refuses_what_it_does_not_know()
    {
        foreach (var one in new[] { "a", "b", "c" })
            await SaveAsync(Minimal(), $"{Path}-{one}");
        await SaveAsync(Minimal(paused: true), $"{Path}-d");

        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = await program.Admin.GetFromJsonAsync<JsonElement>(
                $"schedules?limit=2&paused=false{(cursor is null ? "" : $"&cursor={cursor}")}",
                Now
            );
            Assert.All(page.Items(), s => Assert.False(s.TryGetProperty("input", out _)));
            names.AddRange(page.Items().Select(s => s.Text("name")!));
            cursor = page.Text("nextCursor");
        } while (cursor is not null);
        Assert.Equal(
            [$"{name}-a", $"{name}-b", $"{name}-c"],
            names.Where(n => n.StartsWith(name, StringComparison.Ordinal))
        );

        foreach (
            var (query, field) in new[]
            {
                ("owner=me", "owner"),
                ("paused=maybe", "paused"),
                ("cursor=x", "cursor"),
                ("limit=0", "limit"),
            }
        )
        {
            using var answer = await program.Admin.GetAsync(new Uri($"schedules?{query}", UriKind.Relative), Now);
            await answer.FieldAsync(field);
        }
    }

    [Fact]
    public async Task A_rule_can_be_looked_at_before_it_is_saved()
    {
        var preview = await program.Admin.GetFromJsonAsync<JsonElement>(
            "schedules/preview?cron=30%202%20*%20*%20*&timeZone=Europe/Berlin&startAt=2027-03-27T00:00:00Z&endAt=2027-03-28T12:00:00Z",
            Now
        );
        Assert.Equal("Every day at 02:30", preview.Text("sentence"));
        Assert.Equal(
            [
                new DateTime(2027, 3, 27, 1, 30, 0, DateTimeKind.Utc),
                new DateTime(2027, 3, 28, 1, 0, 0, DateTimeKind.Utc),
            ],
            preview.GetProperty("nextRuns").EnumerateArray().Select(n => n.GetDateTimeOffset().UtcDateTime)
        );
        using var wrong = await program.Admin.GetAsync(
            new Uri("schedules/preview?cron=x&timeZone=y", UriKind.Relative),
            Now
        );
        await wrong.FieldAsync("cron");
    }

    [Fact]
    public async Task Viewers_read_and_operators_of_the_workspace_change()
    {
        await program
            .Services.GetRequiredService<WorkspaceStore>()
            .CreateAsync(name, AgentControl.Engine.Workspaces.Author.Person("test"), Now);
        await SaveAsync(Minimal(workspace: name));
        using var viewer = program.ClientOf(await program.KeyAsync(Role.Viewer));
        Assert.Equal(name, (await viewer.GetFromJsonAsync<JsonElement>(Path, Now)).Text("name"));
        using var refused = await viewer.PutAsJsonAsync(Path, Minimal(), Now);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        using var elsewhere = program.ClientOf(await program.KeyAsync(Role.Operator, "default"));
        Assert.DoesNotContain(
            (await elsewhere.GetFromJsonAsync<JsonElement>("schedules?limit=200", Now)).Items(),
            s => s.Text("name") == name
        );
        foreach (
            var answer in new[]
            {
                await elsewhere.GetAsync(new Uri(Path, UriKind.Relative), Now),
                await elsewhere.GetAsync(new Uri(Path + "/runs", UriKind.Relative), Now),
                // Into one's own workspace: that would take it from the other.
                await elsewhere.PutAsJsonAsync(Path, Minimal(), Now),
                await elsewhere.DeleteAsync(new Uri(Path, UriKind.Relative), Now),
                await elsewhere.PostAsync(new Uri(Path + "/run", UriKind.Relative), null, Now),
                await elsewhere.PostAsync(new Uri(Path + "/pause", UriKind.Relative), null, Now),
            }
        )
        {
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            answer.Dispose();
        }
    }

    private static object Minimal(int? version = null, bool? paused = null, string? workspace = null) =>
        new
        {
            cron = "0 2 * * *",
            timeZone = "UTC",
            agent = "synthetic",
            input = new { steps = 1 },
            version,
            paused,
            workspace,
        };

    private async Task<JsonElement> SaveAsync(object body, string? path = null)
    {
        using var answer = await program.Admin.PutAsJsonAsync(path ?? Path, body, Now);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Now));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Now);
    }
}
