using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentControl.Web.Tests.Rest;

/// <summary>The four metrics over REST, as the contract names them.</summary>
public sealed class MetricTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_summary_has_the_four_metrics_the_time_before_and_each_agent()
    {
        var agent = await SeedAsync();
        using var viewer = program.ClientOf(await program.KeyAsync(Role.Viewer));
        var summary = await viewer.GetFromJsonAsync<JsonElement>($"metrics/summary?window=24h&agent={agent}", Now);
        Assert.Equal("24h", summary.Text("window"));
        Assert.Equal(
            TimeSpan.FromHours(24),
            summary.GetProperty("to").GetDateTimeOffset() - summary.GetProperty("from").GetDateTimeOffset()
        );
        Assert.Equal(0.5, summary.GetProperty("completionRate").GetDouble());
        Assert.Equal(60, summary.GetProperty("medianDurationSeconds").GetDouble());
        Assert.Equal(12, summary.GetProperty("medianWorkingSeconds").GetDouble());
        Assert.Equal(1, summary.GetProperty("recoveryCount").GetInt64());
        Assert.Equal(1, summary.GetProperty("recoveries").GetProperty("finished").GetInt64());
        var retries = Assert.Single(summary.GetProperty("retries").EnumerateArray());
        Assert.Equal(
            ("erp", 0.25, 25d),
            (
                retries.Text("service"),
                retries.GetProperty("retryFrequency").GetDouble(),
                retries.GetProperty("retriesPer100Calls").GetDouble()
            )
        );
        var tasks = summary.GetProperty("tasks");
        Assert.Equal(
            (1, 1, 1),
            (
                tasks.GetProperty("succeeded").GetInt32(),
                tasks.GetProperty("failed").GetInt32(),
                tasks.GetProperty("cancelled").GetInt32()
            )
        );
        Assert.Equal(JsonValueKind.Null, summary.GetProperty("previous").GetProperty("completionRate").ValueKind);
        Assert.Equal(agent, Assert.Single(summary.GetProperty("agents").EnumerateArray()).Text("agent"));
    }

    [Fact]
    public async Task A_series_has_whole_buckets_with_gaps_and_the_jobs_behind_a_point_are_found()
    {
        var agent = await SeedAsync();
        var series = await program.Admin.GetFromJsonAsync<JsonElement>($"metrics/series?agent={agent}", Now);
        Assert.Equal(300, series.GetProperty("bucketSeconds").GetInt32());
        var lines = series.GetProperty("series").EnumerateArray().ToList();
        Assert.Equal(
            ["rate", "median", "p95", "working", "withoutPeople", "per100Calls", "count"],
            lines.Select(line => line.Text("measure"))
        );
        Assert.All(lines, line => Assert.Equal(289, line.GetProperty("points").GetArrayLength()));
        var points = lines[0].GetProperty("points").EnumerateArray().ToList();
        var point = points.Single(p => p.GetProperty("value").ValueKind != JsonValueKind.Null);
        Assert.Equal((0.5, 2), (point.GetProperty("value").GetDouble(), point.GetProperty("count").GetInt32()));
        Assert.False(point.GetProperty("spike").GetBoolean());
        Assert.Equal(JsonValueKind.Null, point.GetProperty("usual").ValueKind);

        var at = point.GetProperty("at").GetDateTimeOffset();
        var span =
            $"agent={agent}&from={Uri.EscapeDataString(at.ToString("O"))}&to={Uri.EscapeDataString(at.AddMinutes(5).ToString("O"))}";
        var jobs = await program.Admin.GetFromJsonAsync<JsonElement>(
            $"metrics/jobs?metric=completion&{span}&limit=1",
            Now
        );
        Assert.Equal(2, jobs.GetProperty("total").GetInt32());
        var failed = Assert.Single(jobs.GetProperty("items").EnumerateArray());
        Assert.Equal(("failed", "It broke."), (failed.Text("label"), failed.Text("reason")));
        var hourly = await program.Admin.GetFromJsonAsync<JsonElement>(
            $"metrics/series?metric=retries&window=7d&agent={agent}",
            Now
        );
        Assert.Equal(3600, hourly.GetProperty("bucketSeconds").GetInt32());
        Assert.Equal("erp", Assert.Single(hourly.GetProperty("series").EnumerateArray()).Text("service"));
    }

    [Theory]
    [InlineData("summary?window=1w", "window")]
    [InlineData("summary?window=7d&from=2026-01-01T00:00:00Z", "window")]
    [InlineData("summary?from=yesterday", "from")]
    [InlineData("summary?to=2026-01-01T00:00:00Z", "from")]
    [InlineData("summary?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("summary?from=2020-01-01T00:00:00Z", "from")]
    [InlineData("summary?from=2999-01-01T00:00:00Z", "from")]
    [InlineData("summary?metric=completion", "metric")]
    [InlineData("series?metric=speed", "metric")]
    [InlineData("jobs", "metric")]
    [InlineData("jobs?metric=completion&service=erp", "service")]
    [InlineData("jobs?metric=completion&limit=0", "limit")]
    public async Task What_cannot_be_read_is_named_with_its_remedy(string route, string field)
    {
        using var answer = await program.Admin.GetAsync(new Uri($"metrics/{route}", UriKind.Relative), Now);
        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid");
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task Who_sees_one_workspace_is_told_its_numbers_alone()
    {
        var agent = await SeedAsync();
        using var elsewhere = program.ClientOf(await program.KeyAsync(Role.Viewer, "elsewhere"));
        var summary = await elsewhere.GetFromJsonAsync<JsonElement>($"metrics/summary?agent={agent}", Now);
        Assert.Equal(JsonValueKind.Null, summary.GetProperty("completionRate").ValueKind);
        Assert.Equal(0, summary.GetProperty("recoveryCount").GetInt32());
        Assert.Empty(summary.GetProperty("agents").EnumerateArray());
    }

    /// <summary>Three tasks of an agent of its own, a recovery, and calls of a service.</summary>
    private async Task<string> SeedAsync()
    {
        var agent = $"a{Guid.NewGuid():n}";
        await using var seed = program
            .Services.GetRequiredService<NpgsqlDataSource>()
            .CreateCommand(
                $$"""
                WITH n AS (SELECT gen_random_uuid() AS id, date_bin('5 minutes', ac_now(), 'epoch') - interval '2 hours' AS at, s.* FROM (VALUES ('succeeded', NULL), ('failed', 'error'), ('cancelled', 'cancelled')) AS s(state, outcome)),
                j AS (INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, submitted_by, submitted_at, timeout_seconds, max_attempts, input)
                  SELECT id, 'j_' || left(id::text, 13), 'seeded', '{{agent}}', '1', 'default', '{}', 'default', 'Ana', at - interval '1 minute', 60, 3, '{}' FROM n),
                o AS (INSERT INTO job_results (job_id, error) SELECT id, '{"type":"error","message":"It broke."}' FROM n WHERE state = 'failed'),
                e AS (INSERT INTO events (job_id, no, at, type, level, message) SELECT id, 1, at, 'job.recovered', 'warning', 'Goes on' FROM n WHERE state = 'succeeded'),
                u AS (INSERT INTO service_use (at, service, agent, calls, retries) SELECT DISTINCT at, 'erp', '{{agent}}', 20, 5 FROM n)
                INSERT INTO job_runs (job_id, state, outcome, epoch, queue, priority, front, resume, queued_at, last_no, write_no, wakes, strikes, attempt, generation, pause_requested, cancel_requested,
                  recovering, backing_off, worked_ms, steps, anomalies, retries, recoveries, input_tokens, output_tokens, cost_usd, updated_at, finished_at)
                SELECT id, state, outcome, 1, 'default', 0, false, false, at, 0, 0, 0, 0, 1, 0, false, false, false, false, 12000, 0, 0, 0, 0, 0, 0, 0, at, at FROM n
                """
            );
        await seed.ExecuteNonQueryAsync(Now);
        return agent;
    }
}
