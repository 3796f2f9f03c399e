using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentControl.Web.Tests.Hosting;

/// <summary><c>/metrics</c>: who may read it, that Prometheus can, and that it says what the database says.</summary>
public sealed partial class PrometheusTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Uri Address => new(program.Address, "/metrics");

    [Fact]
    public async Task Strangers_and_viewers_of_one_workspace_are_refused()
    {
        using var stranger = program.ClientOf(null);
        using var refused = await stranger.GetAsync(Address, Now);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var one = program.ClientOf(await program.KeyAsync(Role.Viewer, "elsewhere"));
        using var forbidden = await one.GetAsync(Address, Now);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using var viewer = program.ClientOf(await program.KeyAsync(Role.Viewer));
        using var answer = await viewer.GetAsync(Address, Now);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith("text/plain", answer.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_line_is_one_that_Prometheus_reads_and_the_numbers_are_those_of_the_database()
    {
        var queue = $"q{Guid.NewGuid():n}"[..12];
        var service = $"s{Guid.NewGuid():n}"[..12];
        await ExecuteAsync(
            $"""
            WITH n AS (SELECT gen_random_uuid() AS id FROM generate_series(1, 3)),
            j AS (INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, submitted_by, submitted_at, timeout_seconds, max_attempts, input)
              SELECT id, 'j_' || left(id::text, 18), 'seeded', 'nobody', '1', '{queue}', '{"{}"}', 'default', 'Ana', ac_now(), 60, 3, '{"{}"}' FROM n)
            INSERT INTO job_runs (job_id, state, epoch, queue, priority, front, resume, queued_at, last_no, write_no, wakes, strikes, attempt, generation, pause_requested, cancel_requested,
              recovering, backing_off, worked_ms, steps, anomalies, retries, recoveries, input_tokens, output_tokens, cost_usd, updated_at)
            SELECT id, 'queued', 0, '{queue}', 0, false, false, ac_now() - interval '90 seconds', 0, 0, 0, 0, 0, 0, false, false, false, false, 0, 0, 0, 0, 0, 0, 0, 0, ac_now() FROM n;
            INSERT INTO circuits (name, state, since, admitted) VALUES ('{service}@a', 'open', ac_now(), 0), ('{service}@b', 'open', ac_now(), 0);
            """
        );
        var submitted = await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 2 } });
        var job = submitted.Text("id")!;
        await program.WaitForAsync(job, "succeeded");

        var samples = await ReadAsync();
        Assert.Equal(3, samples[$"agentcontrol_jobs{{queue=\"{queue}\",state=\"queued\"}}"]);
        Assert.Equal(3, samples[$"agentcontrol_queue_depth{{queue=\"{queue}\"}}"]);
        Assert.InRange(samples[$"agentcontrol_queue_oldest_age_seconds{{queue=\"{queue}\"}}"], 90, 200);
        // Parts of a service count together: there may be any number of them.
        Assert.Equal(2, samples[$"agentcontrol_service_circuits{{service=\"{service}\",state=\"open\"}}"]);
        Assert.True(samples["agentcontrol_workers"] >= 1);
        Assert.InRange(samples["agentcontrol_database_age_seconds"], 0, 60);

        // Ends are looked up beside the work.
        const string Ended = "agentcontrol_jobs_ended_total{agent=\"synthetic\",kind=\"task\",result=\"completed\"}";
        for (var tries = 0; !samples.ContainsKey(Ended) && tries < 100; tries++)
        {
            await Task.Delay(50, Now);
            samples = await ReadAsync();
        }
        Assert.True(samples[Ended] >= 1);
        Assert.Equal(
            samples[Ended],
            samples["agentcontrol_task_duration_seconds_count{agent=\"synthetic\",result=\"completed\"}"]
        );
        Assert.Contains(samples.Keys, k => k.StartsWith("agentcontrol_jobs_submitted_total", StringComparison.Ordinal));
        Assert.DoesNotContain(samples.Keys, k => k.Contains(job, StringComparison.Ordinal));
    }

    private async Task<Dictionary<string, double>> ReadAsync()
    {
        var text = await program.Admin.GetStringAsync(Address, Now);
        var samples = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Matches(Line(), line);
            if (line[0] == '#')
                continue;
            var parts = SampleLine().Match(line);
            var labels = Label()
                .Matches(parts.Groups["labels"].Value)
                .Where(l => !l.Groups["key"].Value.StartsWith("otel_scope", StringComparison.Ordinal))
                .Select(l => l.Value)
                .Order(StringComparer.Ordinal)
                .ToList();
            var key = parts.Groups["name"].Value + (labels.Count == 0 ? "" : $"{{{string.Join(',', labels)}}}");
            samples[key] = double.Parse(
                parts.Groups["value"].Value.Replace("+Inf", "Infinity", StringComparison.Ordinal),
                CultureInfo.InvariantCulture
            );
        }
        return samples;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = program.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Now);
    }

    [GeneratedRegex(
        """^(# (HELP|TYPE|UNIT|EOF).*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)*\})? [-+.0-9eEInfNa]+( [0-9.]+)?)$""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Line();

    [GeneratedRegex("""^(?<name>[^ {]+)(\{(?<labels>.*)\})? (?<value>\S+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SampleLine();

    [GeneratedRegex("""(?<key>[a-zA-Z_]\w*)="([^"\\]|\\.)*"?""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();
}
