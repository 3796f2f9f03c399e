using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Rest;

public sealed class CommandTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    [Fact]
    public async Task A_scheduled_job_is_edited_started_and_its_end_refuses_what_comes_too_late()
    {
        var id = await ScheduledAsync();

        using var edited = await program.Admin.SendAsync(
            Json(HttpMethod.Patch, $"jobs/{id}", """{"name":"renamed","priority":2,"tags":["x"]}""")
        );
        using var started = await PostAsync($"jobs/{id}/run-now");

        Assert.Equal(HttpStatusCode.Accepted, edited.StatusCode);
        Assert.Equal("renamed", (await edited.Content.ReadFromJsonAsync<JsonElement>()).Text("name"));
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        var done = await program.WaitForAsync(id, "succeeded");
        Assert.Equal(2, done.GetProperty("priority").GetInt32());
        using var late = await PostAsync($"jobs/{id}/pause");
        await late.ProblemAsync(HttpStatusCode.Conflict, "job.refused");
    }

    [Theory]
    [InlineData("name", """{"name":"two\nlines"}""")]
    [InlineData("priority", """{"priority":7}""")]
    [InlineData("tags", """{"tags":["ok",""]}""")]
    [InlineData("tags", """{"tags":[null]}""")]
    public async Task An_edit_that_a_submission_would_refuse_names_its_field_and_changes_nothing(
        string field,
        string body
    )
    {
        var id = await ScheduledAsync();

        using var answer = await program.Admin.SendAsync(Json(HttpMethod.Patch, $"jobs/{id}", body));

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid");
        Assert.Contains(field, problem.GetProperty("errors").ToString(), StringComparison.Ordinal);
        var job = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{id}");
        Assert.Equal((0, 0), (job.GetProperty("priority").GetInt32(), job.GetProperty("tags").GetArrayLength()));
    }

    [Fact]
    public async Task Cancel_is_idempotent_and_retry_brings_the_job_back()
    {
        var id = await ScheduledAsync();

        using var cancelled = await PostAsync($"jobs/{id}/cancel", """{"reason":"not needed"}""");
        using var again = await PostAsync($"jobs/{id}/cancel");
        using var retried = await PostAsync($"jobs/{id}/retry");

        Assert.All([cancelled, again, retried], a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
        Assert.Equal("cancelled", (await again.Content.ReadFromJsonAsync<JsonElement>()).Text("state"));
        await program.WaitForAsync(id, "succeeded");
        var log = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{id}/events?type=job.cancelled");
        Assert.Contains("not needed", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fork_has_the_journal_up_to_its_step()
    {
        var job = (
            await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 5, payloadBytes = 8 } })
        ).Text("id")!;
        await program.WaitForAsync(job, "succeeded");

        using var answer = await PostAsync($"jobs/{job}/fork", """{"fromStep":"step#4"}""");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var fork = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(job, fork.Text("forkedFrom"));
        var done = await program.WaitForAsync(fork.Text("id")!, "succeeded");
        Assert.Equal(5, done.GetProperty("output").GetProperty("steps").GetInt32());
        using var wrong = await PostAsync($"jobs/{job}/fork", """{"fromStep":"moon#1"}""");
        await wrong.FieldAsync("fromStep");
    }

    [Fact]
    public async Task Commands_ask_for_their_role()
    {
        var id = await ScheduledAsync();
        using var viewer = program.ClientOf(await program.KeyAsync(Role.Viewer));
        using var worker = program.ClientOf(await program.KeyAsync(Role.Operator));

        foreach (
            var command in new[]
            {
                "pause",
                "resume",
                "cancel",
                "retry",
                "run-now",
                "retry-now",
                "skip-wait",
                "force-stop",
                "fork",
            }
        )
        {
            using var answer = await viewer.PostAsync(new Uri($"jobs/{id}/{command}", UriKind.Relative), null);
            await answer.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        }
        using var skip = await worker.PostAsync(new Uri($"jobs/{id}/skip-wait", UriKind.Relative), null);
        await skip.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal("scheduled", (await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{id}")).Text("state"));
    }

    [Fact]
    public async Task Steps_are_read_cut_or_whole()
    {
        var job = (
            await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 2, payloadBytes = 100_000 } })
        ).Text("id")!;
        await program.WaitForAsync(job, "succeeded");

        var cut = (await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{job}/steps")).Items().First();
        var whole = (await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{job}/steps?full=true")).Items().First();
        var single = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{job}/steps/step%231");

        Assert.True(cut.GetProperty("resultCut").GetBoolean());
        Assert.Equal(65_536, cut.Text("result")!.Length);
        Assert.False(whole.GetProperty("resultCut").GetBoolean());
        Assert.True(whole.GetProperty("result").GetRawText().Length >= 100_000);
        Assert.Equal(whole.GetProperty("result").GetRawText(), single.GetProperty("result").GetRawText());
    }

    [Fact]
    public async Task A_queue_is_changed_at_run_time_and_tells_what_it_holds()
    {
        using var paused = await program.Admin.SendAsync(
            Json(HttpMethod.Put, "queues/summarise", """{"workers":2,"paused":true}""")
        );
        var job = (
            await program.SubmitAsync(
                new
                {
                    agent = "synthetic",
                    input = new { steps = 1 },
                    queue = "summarise",
                }
            )
        ).Text("id")!;
        var queue = (await program.Admin.GetFromJsonAsync<JsonElement>("queues"))
            .Items()
            .Single(q => q.Text("name") == "summarise");
        using var resumed = await program.Admin.SendAsync(
            Json(HttpMethod.Put, "queues/summarise", """{"paused":false}""")
        );

        Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
        Assert.True(queue.GetProperty("paused").GetBoolean());
        Assert.Equal(2, queue.GetProperty("workers").GetInt32());
        Assert.Equal(1, queue.GetProperty("depth").GetInt32());
        Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
        await program.WaitForAsync(job, "succeeded");
        using var wrong = await program.Admin.SendAsync(Json(HttpMethod.Put, "queues/summarise", """{"workers":-1}"""));
        await wrong.FieldAsync("workers");
    }

    private Task<HttpResponseMessage> PostAsync(string path, string? body = null) =>
        body is null
            ? program.Admin.PostAsync(new Uri(path, UriKind.Relative), null)
            : program.Admin.SendAsync(Json(HttpMethod.Post, path, body));

    private async Task<string> ScheduledAsync() =>
        (
            await program.SubmitAsync(
                new
                {
                    agent = "synthetic",
                    input = new { steps = 1 },
                    runAt = "2099-01-01T00:00:00Z",
                }
            )
        ).Text("id")!;
}
