using System.Diagnostics;
using System.Text.Json;
using Npgsql;

namespace AgentControl.Benchmarks;

/// <summary><c>GET /jobs</c> over HTTP at 100,000 jobs: each filter, and page 500 against page 1.</summary>
internal static class ListsBenchmark
{
    private const int Jobs = 100_000;
    private const int Runs = 7;

    private static readonly string[] _filters =
    [
        "",
        "state=running",
        "state=failed",
        "label=needs_approval",
        "state=succeeded",
        "state=failed&state=cancelled",
        "agent=ocr",
        "agent=ocr&state=failed",
        "queue=review",
        "tag=rare",
        "tag=often",
        "workspace=legal",
        "q=bulk-12345",
        "q=bulk-99",
        "q=nothing-like-it",
        "search=owner:maria",
        "search=older:20h",
        "search=error:503",
        "submittedBefore=2020-01-01T00:00:00Z",
    ];

    public static async Task<IEnumerable<Figure>> RunAsync(ServingProgram program, string connectionString)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        foreach (var statement in new[] { Seed, "VACUUM ANALYZE jobs, job_runs, job_results" })
        {
            await using var command = database.CreateCommand(statement);
            command.CommandTimeout = 600;
            await command.ExecuteNonQueryAsync();
        }
        var times = new List<(string Filter, double Median)>();
        foreach (var filter in _filters)
            times.Add((filter, await MedianAsync(program, $"jobs?{filter}")));
        var first = times[0].Median;
        var deep = await MedianAsync(program, $"jobs?cursor={await DeepCursorAsync(program)}");
        var slowest = times.MaxBy(t => t.Median);
        return
        [
            new(
                "GET /jobs, median of all filters",
                "ms",
                Middle([.. times.Select(t => t.Median)]),
                null,
                $"{Jobs} jobs",
                "50",
                "15"
            ),
            new("GET /jobs, slowest filter", "ms", slowest.Median, null, slowest.Filter, "50", "15"),
            new("GET /jobs, page 500", "ms", deep, first, "page 1", "1.0", "1.0"),
        ];
    }

    /// <summary>The cursor of page 500 of 50 jobs.</summary>
    private static async Task<string> DeepCursorAsync(ServingProgram program)
    {
        string? cursor = null;
        for (var read = 0; read < 500 * 50; read += 200)
            cursor = JsonElement
                .Parse(
                    await program.Client.GetStringAsync(new Uri($"jobs?limit=200&cursor={cursor}", UriKind.Relative))
                )
                .GetProperty("nextCursor")
                .GetString();
        return cursor!;
    }

    private static async Task<double> MedianAsync(ServingProgram program, string path)
    {
        var times = new double[Runs];
        for (var run = 0; run < Runs; run++)
        {
            var since = Stopwatch.GetTimestamp();
            await program.Client.GetByteArrayAsync(new Uri(path, UriKind.Relative));
            times[run] = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        }
        return Middle(times);
    }

    private static double Middle(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private const string Seed = """
        CREATE TEMP TABLE seed AS
        SELECT n, at, (left(replace(ac_uuid_floor(at)::text, '-', ''), 12) || '7' || lpad(to_hex(n % 4096), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid AS id
        FROM (SELECT n, ac_now() - make_interval(secs => 100000 - n) AS at FROM generate_series(1, 100000) n) x;
        INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, submitted_by, submitted_at, timeout_seconds, max_attempts, input)
        SELECT id, 'j_' || lpad(upper(to_hex(n)), 10, '0'), 'bulk-' || n, (ARRAY['contracts','invoice','ocr','synthetic'])[1 + n % 4], '1',
               (ARRAY['default','extract','review'])[1 + n % 3], CASE WHEN n % 500 = 0 THEN ARRAY['rare'] WHEN n % 3 = 0 THEN ARRAY['often'] ELSE '{}' END,
               CASE WHEN n % 10 = 0 THEN 'legal' ELSE 'default' END, CASE WHEN n % 1000 = 0 THEN 'Maria' ELSE 'Ben' END, at, 86400, 5,
               convert_to('{"steps":100,"payloadBytes":1024}', 'UTF8')
        FROM seed;
        INSERT INTO job_runs (job_id, state, epoch, queue, priority, front, resume, queued_at, last_no, write_no, wakes, strikes, attempt, generation,
          pause_requested, cancel_requested, recovering, backing_off, worked_ms, steps, anomalies, retries, recoveries, input_tokens, output_tokens, cost_usd,
          updated_at, finished_at, lease_until, waiting_kind, waiting_since, outcome, started_at, worker)
        SELECT id, s, 1, (ARRAY['default','extract','review'])[1 + n % 3], 0, false, false, at, 10, 0, 0, 0, 1, 0, false, false, false, false, 1000, 9, 0, 0, 0, 0, 0, 0,
               at, CASE WHEN s IN ('succeeded','failed','cancelled') THEN at END, CASE WHEN s = 'running' THEN at + interval '30 days' END,
               CASE WHEN s = 'waiting' THEN CASE WHEN n % 20 = 0 THEN 'approval' ELSE 'signal' END END, CASE WHEN s = 'waiting' THEN at END,
               CASE WHEN s = 'failed' AND n % 2 = 0 THEN 'timeout' END, at, CASE WHEN s = 'running' THEN 'w-1' END
        FROM (SELECT *, CASE WHEN n % 250 = 0 THEN 'running' WHEN n % 251 = 0 THEN 'waiting' WHEN n % 50 = 1 THEN 'failed' WHEN n % 100 = 2 THEN 'cancelled'
                             ELSE 'succeeded' END AS s FROM seed) x;
        INSERT INTO job_results (job_id, error)
        SELECT job_id, '{"type":"stepFailed","message":"erp 503 Service Unavailable","step":"a#1","retryable":true}' FROM job_runs WHERE state = 'failed'
        ON CONFLICT DO NOTHING;
        DROP TABLE seed;
        """;
}
