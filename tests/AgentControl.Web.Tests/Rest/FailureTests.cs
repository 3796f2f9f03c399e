using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentControl.Web.Tests.Rest;

/// <summary>Groups of failures over REST.</summary>
public sealed class FailureTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private readonly string agent = $"a{Guid.NewGuid():n}"[..12];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_are_listed_in_pages_filtered_and_read_one_by_one()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++)
            ids.Add(await GroupAsync($"Broke {i}", minutesAgo: i));
        await GroupAsync("Was fixed", "resolved");
        var first = await GetAsync($"failures?agent={agent}&status=unresolved&limit=2");
        Assert.Equal([ids[0], ids[1]], Ids(first));
        var rest = await GetAsync(
            $"failures?agent={agent}&status=unresolved&limit=2&cursor={first.Text("nextCursor")}"
        );
        Assert.Equal([ids[2]], Ids(rest));
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("nextCursor").ValueKind);
        Assert.Equal(4, Ids(await GetAsync($"failures?agent={agent}")).Count);
        Assert.Empty(Ids(await GetAsync($"failures?agent={agent}&workspace=elsewhere")));

        var one = await GetAsync($"failures/{ids[0]}");
        Assert.Equal("Broke 0, whole", one.Text("example"));
        Assert.Equal((1, 1), (one.GetProperty("jobs").GetInt32(), one.GetProperty("open").GetInt32()));
        Assert.Equal(24, one.GetProperty("group").GetProperty("hours").GetArrayLength());
        Assert.Equal(1, one.GetProperty("group").GetProperty("lastDay").GetInt32());
        var jobs = await GetAsync($"failures/{ids[0]}/jobs");
        Assert.True(jobs.GetProperty("items")[0].GetProperty("stands").GetBoolean());
        var found = await GetAsync($"jobs?search=failure:{ids[0]}");
        Assert.Equal(jobs.GetProperty("items")[0].Text("jobId"), found.GetProperty("items")[0].Text("id"));
    }

    [Fact]
    public async Task Decisions_are_answered_with_the_group_and_mistakes_name_their_field()
    {
        var id = await GroupAsync("Broke");
        using var resolved = await program.Admin.PostAsJsonAsync(
            $"failures/{id}/resolve",
            new { comment = "done" },
            Now
        );
        var group = await resolved.Content.ReadFromJsonAsync<JsonElement>(Now);
        Assert.Equal(("resolved", "done"), (group.Text("status"), group.Text("comment")));
        using var ignored = await program.Admin.PostAsJsonAsync(
            $"failures/{id}/ignore",
            new { until = "2099-01-01T00:00:00Z" },
            Now
        );
        Assert.Equal("ignored", (await ignored.Content.ReadFromJsonAsync<JsonElement>(Now)).Text("status"));
        using var open = await program.Admin.PostAsync($"failures/{id}/reopen", null, Now);
        Assert.Equal("unresolved", (await open.Content.ReadFromJsonAsync<JsonElement>(Now)).Text("status"));

        using var past = await program.Admin.PostAsJsonAsync(
            $"failures/{id}/ignore",
            new { until = "2020-01-01T00:00:00Z" },
            Now
        );
        Assert.Contains("future", await past.FieldAsync("until"), StringComparison.Ordinal);
        using var chatty = await program.Admin.PostAsJsonAsync(
            $"failures/{id}/resolve",
            new { comment = new string('x', 2_001) },
            Now
        );
        Assert.Contains("2,000", await chatty.FieldAsync("comment"), StringComparison.Ordinal);
        using var status = await program.Admin.GetAsync(new Uri("failures?status=gone", UriKind.Relative), Now);
        Assert.Contains("unresolved", await status.FieldAsync("status"), StringComparison.Ordinal);
        using var cursor = await program.Admin.GetAsync(new Uri("failures?cursor=x", UriKind.Relative), Now);
        await cursor.FieldAsync("cursor");
        foreach (var rest in new[] { "", "/jobs" })
        {
            using var none = await program.Admin.GetAsync(
                new Uri($"failures/{Guid.NewGuid()}{rest}", UriKind.Relative),
                Now
            );
            await none.ProblemAsync(HttpStatusCode.NotFound, "notFound");
        }
        using var nobody = await program.Admin.PostAsync($"failures/{Guid.NewGuid()}/retry", null, Now);
        await nobody.ProblemAsync(HttpStatusCode.NotFound, "notFound");
    }

    [Fact]
    public async Task A_retry_freezes_a_set_that_is_confirmed_as_every_other()
    {
        var id = await GroupAsync("Broke");
        using var frozen = await program.Admin.PostAsync($"failures/{id}/retry", null, Now);
        Assert.Equal(HttpStatusCode.Created, frozen.StatusCode);
        var bulk = await frozen.Content.ReadFromJsonAsync<JsonElement>(Now);
        Assert.Equal(
            ("asked", "retry", 1, $"failure:{id} failure:open"),
            (bulk.Text("state"), bulk.Text("action"), bulk.GetProperty("total").GetInt32(), bulk.Text("query"))
        );
        Assert.Equal($"/api/v1/bulk/{bulk.Text("id")}", frozen.Headers.Location!.ToString());
        using var all = await program.Admin.PostAsJsonAsync("failures/retry", new { agent }, Now);
        Assert.Equal(1, (await all.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("total").GetInt32());

        await ExecuteAsync($"UPDATE failure_groups SET status = 'resolved' WHERE id = '{id}'");
        using var none = await program.Admin.PostAsJsonAsync("failures/retry", new { agent }, Now);
        await none.ProblemAsync(HttpStatusCode.Conflict, "failure.nothingToRetry");
    }

    [Fact]
    public async Task Only_who_may_look_into_the_workspace_sees_a_group_and_only_its_operators_act()
    {
        var hidden = await GroupAsync("Secret broke", workspace: "vault");
        var open = await GroupAsync("Broke");
        using var viewer = await ClientAsync(Role.Viewer, "default");
        Assert.Equal([open], Ids(await viewer.GetFromJsonAsync<JsonElement>($"failures?agent={agent}", Now)));
        foreach (var path in new[] { $"failures/{hidden}", $"failures/{hidden}/jobs" })
        {
            using var refused = await viewer.GetAsync(new Uri(path, UriKind.Relative), Now);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        using var looks = await viewer.PostAsync($"failures/{open}/resolve", null, Now);
        Assert.Equal(HttpStatusCode.Forbidden, looks.StatusCode);
        using var elsewhere = await ClientAsync(Role.Operator, "default");
        foreach (var act in new[] { "resolve", "ignore", "reopen", "retry" })
        {
            using var refused = await elsewhere.PostAsync($"failures/{hidden}/{act}", null, Now);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
    }

    private static List<Guid> Ids(JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(g => g.GetProperty("id").GetGuid())];

    private Task<JsonElement> GetAsync(string path) => program.Admin.GetFromJsonAsync<JsonElement>(path, Now);

    private async Task<HttpClient> ClientAsync(Role role, string workspace)
    {
        var made = await program
            .Services.GetRequiredService<ApiKeys>()
            .CreateAsync(Caller.System, new NewApiKey($"{role} of {workspace}", role) { Workspace = workspace }, Now);
        var client = new HttpClient { BaseAddress = program.Admin.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Assert.IsType<ApiKeyOutcome.Created>(made).Secret);
        return client;
    }

    /// <summary>A group with one failed job that stands.</summary>
    private async Task<Guid> GroupAsync(
        string title,
        string status = "unresolved",
        int minutesAgo = 0,
        string workspace = "default"
    )
    {
        var (id, job) = (Guid.NewGuid(), Guid.CreateVersion7());
        await ExecuteAsync(
            $"""
            INSERT INTO workspaces (name) VALUES ('{workspace}') ON CONFLICT DO NOTHING;
            INSERT INTO failure_groups (id, workspace, fingerprint, agent, type, title, example, count, first_seen_at, last_seen_at, status)
            VALUES ('{id}', '{workspace}', '{id:n}', '{agent}', 'erp', '{title}', '{title}, whole', 1, now() - interval '{minutesAgo} minutes', now() - interval '{minutesAgo} minutes', '{status}');
            INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, submitted_by, submitted_at, timeout_seconds, max_attempts, input)
            VALUES ('{job}', 'j_{job.ToString("n")[
                20..
            ]}', 'job', '{agent}', '1', 'default', '{"{}"}', '{workspace}', 'Ben', now(), 60, 1, '{"{}"}');
            INSERT INTO job_runs (job_id, state, epoch, queue, priority, front, resume, queued_at, last_no, write_no, wakes, strikes, attempt, generation, pause_requested,
              cancel_requested, recovering, backing_off, worked_ms, steps, anomalies, retries, recoveries, input_tokens, output_tokens, cost_usd, updated_at, finished_at, outcome)
            VALUES ('{job}', 'failed', 1, 'default', 0, false, false, now(), 0, 0, 0, 0, 1, 0, false, false, false, false, 1, 0, 0, 0, 0, 0, 0, 0, now(), now(), 'erp');
            INSERT INTO job_failures (job_id, no, group_id, at) VALUES ('{job}', 1, '{id}', now());
            """
        );
        return id;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(program.ConnectionString);
        await connection.OpenAsync(Now);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Now);
    }
}
