using AgentControl.Engine.Failures;
using AgentControl.Engine.Tests.Fixtures;
using Npgsql;

namespace AgentControl.Engine.Tests.Failures;

/// <summary>The scan takes in what the log held before, in portions, and counts nothing twice.</summary>
public sealed class FailureScanTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private const int Before = 1_203;
    private readonly EngineProcess engine = shared.Engine;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_failed_before_is_taken_in_once_however_many_look_and_however_often()
    {
        await SeedAsync();
        await AgainAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LookAsync()));
        await IsCountedAsync();

        // The same place again, as after a restore that counts transactions anew.
        await AgainAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LookAsync()));
        await IsCountedAsync();
    }

    [Fact]
    public async Task An_idle_program_writes_nothing()
    {
        await LookAsync();
        var before = await engine.ScalarAsync<string>("SELECT xmin::text FROM failure_cursor");
        await LookAsync();
        await LookAsync();
        Assert.Equal(before, await engine.ScalarAsync<string>("SELECT xmin::text FROM failure_cursor"));
    }

    [Fact]
    public async Task The_scan_finds_its_lines_by_their_own_index()
    {
        await using var connection = await engine.Database.OpenConnectionAsync(Now);
        await using var transaction = await connection.BeginTransactionAsync(Now);
        await using var plan = new NpgsqlCommand(
            "SET LOCAL enable_seqscan = off; EXPLAIN SELECT 1 FROM events e WHERE e.xid >= '5'::xid8 AND e.type = 'job.failed' ORDER BY e.xid, e.job_id, e.no LIMIT 500",
            connection,
            transaction
        );
        var lines = new List<string>();
        await using var row = await plan.ExecuteReaderAsync(Now);
        while (await row.ReadAsync(Now))
            lines.Add(row.GetString(0));
        // Partitions name their copies after their columns.
        Assert.Contains(lines, l => l.Contains("_xid_job_id_no_idx", StringComparison.Ordinal));
    }

    /// <summary>Waits until the scan has come past everything, whoever was at it, and counts.</summary>
    private async Task IsCountedAsync()
    {
        await engine.UntilTrueAsync(
            Guid.Empty,
            "SELECT (SELECT xid FROM failure_cursor) > (SELECT max(xid::text::bigint) FROM events WHERE type = 'job.failed')"
        );
        Assert.Equal(
            Before,
            await engine.ScalarAsync<long>(
                "SELECT count FROM failure_groups WHERE agent = 'seeded' AND title = 'Order … is gone'"
            )
        );
        Assert.Equal(
            (long)Before,
            await engine.ScalarAsync<long>(
                "SELECT count(*) FROM job_failures f JOIN failure_groups g ON g.id = f.group_id WHERE g.agent = 'seeded'"
            )
        );
    }

    private Task<int> AgainAsync() =>
        engine.ExecuteAsync(
            "UPDATE failure_cursor SET xid = 0, job_id = '00000000-0000-0000-0000-000000000000', no = 0"
        );

    private async Task LookAsync()
    {
        await using var connection = await engine.Database.OpenConnectionAsync(Now);
        var scan = engine.Get<FailureScan>();
        while (await scan.LookAsync(connection, Now)) { }
    }

    /// <summary>Jobs that failed before groups were known.</summary>
    private Task<int> SeedAsync() =>
        engine.ExecuteAsync(
            $$$"""
            CREATE TEMP TABLE IF NOT EXISTS seed AS SELECT n, ac_uuid_floor(ac_now()) AS low, gen_random_uuid() AS id FROM generate_series(1, {{{Before}}}) n;
            INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, submitted_by, submitted_at, timeout_seconds, max_attempts, input)
            SELECT id, 'j_S' || n, 'seed-' || n, 'seeded', '1', 'default', '{}', 'default', 'Ben', ac_now(), 60, 1, convert_to('{}', 'UTF8') FROM seed;
            INSERT INTO job_runs (job_id, state, epoch, queue, priority, front, resume, queued_at, last_no, write_no, wakes, strikes, attempt, generation, pause_requested,
              cancel_requested, recovering, backing_off, worked_ms, steps, anomalies, retries, recoveries, input_tokens, output_tokens, cost_usd, updated_at, finished_at, outcome)
            SELECT id, 'failed', 1, 'default', 0, false, false, ac_now(), 1, 0, 0, 0, 1, 0, false, false, false, false, 1, 0, 0, 0, 0, 0, 0, 0, ac_now(), ac_now(), 'erp' FROM seed;
            INSERT INTO events (job_id, no, at, type, level, message, data)
            SELECT id, 1, ac_now(), 'job.failed', 'error', 'x', '{"failure":{"type":"erp","message":"Order ' || n || ' is gone"}}' FROM seed;
            """
        );
}
