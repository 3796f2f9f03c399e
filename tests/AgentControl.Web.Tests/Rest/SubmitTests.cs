using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Rest;

public sealed class SubmitTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static readonly string[] _contract =
    [
        "id",
        "shortId",
        "name",
        "agent",
        "agentVersion",
        "state",
        "label",
        "waitingFor",
        "pauseRequested",
        "cancelRequested",
        "queue",
        "priority",
        "tags",
        "workspace",
        "parentId",
        "batchId",
        "submittedBy",
        "submittedAt",
        "runAt",
        "startedAt",
        "finishedAt",
        "deadlineAt",
        "timeoutSeconds",
        "attempt",
        "maxAttempts",
        "progress",
        "usage",
        "error",
        "continuedAs",
        "forkedFrom",
        "actions",
    ];

    [Fact]
    public async Task A_submitted_job_runs_and_carries_every_field_of_the_contract()
    {
        using var answer = await program.Admin.PostAsJsonAsync(
            "jobs",
            new
            {
                agent = "synthetic",
                input = new { steps = 3 },
                name = "first",
                tags = new[] { "a" },
            }
        );

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var made = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.EndsWith($"/api/v1/jobs/{made.Text("id")}", answer.Headers.Location!.ToString());
        var job = await program.WaitForAsync(made.Text("shortId")!, "succeeded");
        Assert.Equal(3, job.GetProperty("output").GetProperty("steps").GetInt32());
        Assert.Equal(3, job.GetProperty("input").GetProperty("steps").GetInt32());
        Assert.Equal("completed", job.Text("label"));
        Assert.EndsWith("Z", job.Text("submittedAt"));
        var listed = (await program.Admin.GetFromJsonAsync<JsonElement>("jobs?q=first")).Items().Single();
        foreach (var field in _contract)
        {
            Assert.True(job.TryGetProperty(field, out _), $"The job has no {field}.");
            Assert.True(listed.TryGetProperty(field, out _), $"The listed job has no {field}.");
        }
        Assert.False(listed.TryGetProperty("input", out _), "A list leaves out the input.");
        Assert.False(listed.TryGetProperty("output", out _), "A list leaves out the output.");
    }

    [Theory]
    [InlineData("jobs", """{"agent":"synthetic","deadlineAt":"2020-01-01T00:00:00+02:00"}""", null)]
    [InlineData("jobs", """{"agent":"synthetic","deadlineAt":"2020-01-01T00:00:00Z"}""", "late-1")]
    [InlineData("jobs/batch", """{"agent":"synthetic","items":[{}],"deadlineAt":"2020-01-01T00:00:00Z"}""", null)]
    public async Task A_deadline_that_has_passed_is_refused(string route, string body, string? key)
    {
        using var request = Json(HttpMethod.Post, route, body, key);
        using var answer = await program.Admin.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(
            "in the future",
            problem.GetProperty("errors").GetProperty("deadlineAt")[0].GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Twenty_equal_posts_at_once_make_one_job()
    {
        const string body = """{"agent":"synthetic","input":{"steps":1},"name":"twenty"}""";
        async Task<(HttpStatusCode Status, string? Id, bool Replayed)> PostAsync()
        {
            using var request = Json(HttpMethod.Post, "jobs", body, "twenty-1");
            using var answer = await program.Admin.SendAsync(request);
            var job = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return (
                answer.StatusCode,
                job.TryGetProperty("id", out var id) ? id.GetString() : null,
                answer.Headers.Contains("Idempotent-Replayed")
            );
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostAsync()));

        var made = Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
        Assert.All(
            answers,
            a => Assert.Contains(a.Status, new[] { HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Conflict })
        );
        Assert.All(
            answers.Where(a => a.Status == HttpStatusCode.OK),
            a => Assert.Equal((made.Id, true), (a.Id, a.Replayed))
        );
        Assert.Single((await program.Admin.GetFromJsonAsync<JsonElement>("jobs?q=twenty")).Items());
        Assert.Equal((HttpStatusCode.OK, made.Id, true), await PostAsync());
    }

    [Fact]
    public async Task A_key_with_another_body_is_refused_and_another_caller_has_keys_of_its_own()
    {
        using var other = program.ClientOf(await program.KeyAsync(Role.Operator));
        using var first = await program.Admin.SendAsync(
            Json(HttpMethod.Post, "jobs", """{"agent":"synthetic"}""", "mine")
        );
        using var changed = await program.Admin.SendAsync(
            Json(HttpMethod.Post, "jobs", """{"agent":"synthetic","priority":1}""", "mine")
        );
        using var others = await other.SendAsync(
            Json(HttpMethod.Post, "jobs", """{"agent":"synthetic","priority":1}""", "mine")
        );

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        await changed.ProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency.reused");
        Assert.Equal(HttpStatusCode.Created, others.StatusCode);
    }

    [Fact]
    public async Task A_key_of_more_than_255_characters_is_refused()
    {
        using var answer = await program.Admin.SendAsync(
            Json(HttpMethod.Post, "jobs", """{"agent":"synthetic"}""", new string('k', 256))
        );

        Assert.Contains("255", await answer.FieldAsync("Idempotency-Key"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_is_all_or_none_and_answers_the_same_again()
    {
        const string good = """{"agent":"synthetic","items":[{"steps":1},{"steps":2},{"steps":3}],"name":"lot"}""";
        using var first = await program.Admin.SendAsync(Json(HttpMethod.Post, "jobs/batch", good, "lot-1"));
        using var again = await program.Admin.SendAsync(Json(HttpMethod.Post, "jobs/batch", good, "lot-1"));
        using var bad = await program.Admin.SendAsync(
            Json(
                HttpMethod.Post,
                "jobs/batch",
                """{"agent":"synthetic","items":[{"steps":1},{"steps":"two"}],"name":"bad-lot"}"""
            )
        );

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        var made = await first.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(made.ToString(), (await again.Content.ReadFromJsonAsync<JsonElement>()).ToString());
        var listed = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs?batchId={made.Text("batchId")}");
        Assert.Equal(3, listed.Items().Count());
        await bad.FieldAsync("items[1].steps");
        Assert.Empty((await program.Admin.GetFromJsonAsync<JsonElement>("jobs?q=bad-lot")).Items());
    }

    [Fact]
    public async Task An_input_over_1_MiB_is_413_and_one_just_below_is_taken()
    {
        static string Body(int blanks) =>
            "{\"agent\":\"synthetic\",\"input\":{\"steps\":0" + new string(' ', blanks) + "}}";
        using var large = await program.Admin.SendAsync(Json(HttpMethod.Post, "jobs", Body(1_048_576)));
        using var larger = await program.Admin.SendAsync(Json(HttpMethod.Post, "jobs", Body(2_000_000)));
        using var fits = await program.Admin.SendAsync(Json(HttpMethod.Post, "jobs", Body(1_048_000)));

        await large.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "tooLarge");
        await larger.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "tooLarge");
        Assert.Equal(HttpStatusCode.Created, fits.StatusCode);
    }

    [Fact]
    public async Task Who_may_not_is_told_and_nothing_is_made()
    {
        using var stranger = program.ClientOf(null);
        using var viewer = program.ClientOf(await program.KeyAsync(Role.Viewer));
        using var elsewhere = program.ClientOf(await program.KeyAsync(Role.Operator, "legal"));

        using var none = await stranger.PostAsJsonAsync("jobs", new { agent = "synthetic", name = "denied" });
        using var low = await viewer.PostAsJsonAsync("jobs", new { agent = "synthetic", name = "denied" });
        using var foreign = await elsewhere.PostAsJsonAsync("jobs", new { agent = "synthetic", name = "denied" });

        await none.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        await low.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        await foreign.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        Assert.Empty((await program.Admin.GetFromJsonAsync<JsonElement>("jobs?q=denied")).Items());
    }
}
