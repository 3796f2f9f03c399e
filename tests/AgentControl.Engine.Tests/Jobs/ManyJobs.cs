using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentControl.Engine.Tests.Jobs;

/// <summary>Fills a database with finished, waiting, running and queued jobs, a second apart, the newest now.</summary>
internal static class ManyJobs
{
    /// <summary>An open transaction holds back what other tests of this server wait for: whoever reads news by transaction reads up to the oldest that is open.</summary>
    private const int Chunk = 5_000;

    public static async Task SeedAsync(string connectionString, int count)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        for (var first = 1; first <= count; first += Chunk)
        {
            await using var command = new NpgsqlCommand(Sql, connection) { CommandTimeout = 120 };
            command.Parameters.AddWithValue("count", count);
            command.Parameters.AddWithValue("first", first);
            command.Parameters.AddWithValue("last", Math.Min(first + Chunk - 1, count));
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
        await using var vacuum = new NpgsqlCommand("VACUUM ANALYZE jobs, job_runs, job_results", connection);
        await vacuum.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public static IDbContextFactory<ControlDbContext> Contexts(string connectionString) =>
        new Factory(new DbContextOptionsBuilder<ControlDbContext>().UseNpgsql(connectionString).Options);

    private const string Sql = """
        CREATE TEMP TABLE seed ON COMMIT DROP AS
        SELECT n, ac_now() - make_interval(secs => @count - n) AS at, NULL::uuid AS id FROM generate_series(@first, @last) n;
        UPDATE seed SET id = (left(replace(ac_uuid_floor(at)::text, '-', ''), 12) || '7' || lpad(to_hex(n % 4096), 3, '0')
                              || '8' || lpad(to_hex(n), 15, '0'))::uuid;
        INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, submitted_by, submitted_at,
                          timeout_seconds, max_attempts, input, batch_id, parent_id, parent_key, parent_index)
        SELECT id, 'j_' || lpad(upper(to_hex(n)), 10, '0'), 'job-' || n, (ARRAY['contracts','invoice','ocr','synthetic'])[1 + n % 4], '1',
               (ARRAY['default','extract','review'])[1 + n % 3], CASE WHEN n % 500 = 0 THEN ARRAY['rare','x'] WHEN n % 3 = 0 THEN ARRAY['often'] ELSE '{}' END,
               CASE WHEN n % 10 = 0 THEN 'legal' ELSE 'default' END, CASE WHEN n % 1000 = 0 THEN 'Maria' ELSE 'Ben' END, at,
               86400, 5, convert_to('{"steps":100,"payloadBytes":1024,"stepMilliseconds":0}', 'UTF8'),
               CASE WHEN n % 400 = 0 THEN '00000000-0000-7000-8000-0000000000ba'::uuid END,
               CASE WHEN n BETWEEN 11 AND 30 THEN '00000000-0000-7000-8000-0000000000aa'::uuid END, CASE WHEN n BETWEEN 11 AND 30 THEN 'docs' END,
               CASE WHEN n BETWEEN 11 AND 30 THEN n END
        FROM seed;
        INSERT INTO job_runs (job_id, state, epoch, queue, priority, front, resume, queued_at, last_no, write_no, wakes, strikes, attempt,
          generation, pause_requested, cancel_requested, recovering, backing_off, worked_ms, steps, anomalies, retries, recoveries,
          input_tokens, output_tokens, cost_usd, updated_at, finished_at, lease_until, waiting_kind, waiting_since, outcome, started_at, worker)
        SELECT id, s, 1, (ARRAY['default','extract','review'])[1 + n % 3], 0, false, false, at, 10, 0, 0, 0, 1, 0, false, false, false, false, 1000, 9, 0, 0, 0, 0, 0,
               n % 10, at, CASE WHEN s IN ('succeeded','failed','cancelled') THEN at + interval '30 s' END,
               CASE WHEN s = 'running' THEN at + interval '1 day' END, CASE WHEN s = 'waiting' THEN w END, CASE WHEN s = 'waiting' THEN at END,
               CASE WHEN s = 'failed' AND n % 2 = 0 THEN 'timeout' END, at, CASE WHEN s = 'running' THEN 'w-1' END
        FROM (SELECT *, CASE WHEN n % 250 = 0 THEN 'running' WHEN n % 251 = 0 THEN 'waiting' WHEN n % 50 = 1 THEN 'failed'
                             WHEN n % 100 = 2 THEN 'cancelled' WHEN n % 800 = 3 THEN 'queued' ELSE 'succeeded' END AS s,
                     CASE WHEN n % 20 = 0 THEN 'approval' ELSE 'timer' END AS w FROM seed) x;
        INSERT INTO job_results (job_id, output, error)
        SELECT job_id, CASE WHEN state = 'succeeded' THEN convert_to('{"steps":100}', 'UTF8') END,
               CASE WHEN state = 'failed' THEN '{"type":"stepFailed","message":"erp 503 Service Unavailable","step":"a#1","retryable":true}' END
        FROM job_runs JOIN seed ON seed.id = job_id WHERE state IN ('succeeded','failed');
        """;

    private sealed class Factory(DbContextOptions<ControlDbContext> options) : IDbContextFactory<ControlDbContext>
    {
        public ControlDbContext CreateDbContext() => new(options);
    }
}
