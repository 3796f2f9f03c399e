using Npgsql;

namespace AgentControl.Engine.Storage;

/// <summary>One broken invariant with some of the rows that break it.</summary>
public sealed record Violation(string Invariant, long Rows, string Examples);

/// <summary>Every invariant that SQL can check, over the whole database. Reads one snapshot; jobs may run meanwhile.</summary>
public sealed class InvariantCheck(NpgsqlDataSource database)
{
    private static readonly (string Name, string Rows)[] Checks =
    [
        (
            "event numbers of a job count from 1 without gaps up to its last number",
            """
            SELECT r.job_id::text AS id FROM job_runs r LEFT JOIN (SELECT job_id, count(*) AS n, min(no) AS low, max(no) AS high FROM events GROUP BY job_id) e USING (job_id)
             WHERE e.n IS DISTINCT FROM r.last_no OR e.low IS DISTINCT FROM 1 OR e.high IS DISTINCT FROM r.last_no
            """
        ),
        (
            "every job has a row of run state",
            "SELECT j.id::text AS id FROM jobs j LEFT JOIN job_runs r ON r.job_id = j.id WHERE r.job_id IS NULL"
        ),
        (
            "a job's lease, wait and end belong to its state",
            """
            SELECT job_id::text AS id FROM job_runs WHERE state NOT IN ('scheduled','queued','running','waiting','paused','succeeded','failed','cancelled')
                OR (state = 'running') <> (lease_until IS NOT NULL) OR (state = 'waiting') > (waiting_kind IS NOT NULL)
                OR (state IN ('succeeded','failed','cancelled')) <> (finished_at IS NOT NULL)
            """
        ),
        (
            "a journal entry is numbered once it has ended",
            """
            SELECT job_id || ' ' || key AS id FROM steps
             WHERE state NOT IN ('running','completed','failed','superseded') OR (state = 'running') <> (no IS NULL)
            """
        ),
        (
            "a key has one live journal entry",
            "SELECT job_id || ' ' || key AS id FROM steps WHERE state <> 'superseded' GROUP BY job_id, key HAVING count(*) > 1"
        ),
        (
            "a journal entry's number is an event of its job",
            """
            SELECT s.job_id || ' ' || s.key AS id FROM steps s JOIN job_runs r USING (job_id)
             WHERE s.state IN ('completed','failed') AND s.no > r.last_no AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = s.job_id AND j.forked_from IS NOT NULL)
            """
        ),
        (
            "a step that the log calls completed stands in the journal",
            """
            SELECT e.job_id || ' ' || e.no AS id FROM events e
             WHERE e.type = 'step.completed' AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.job_id = e.job_id AND s.no = e.no)
            """
        ),
        (
            "a final job has nothing open",
            """
            SELECT r.job_id::text AS id FROM job_runs r WHERE r.state IN ('succeeded','failed','cancelled')
               AND (EXISTS (SELECT 1 FROM waits w WHERE w.job_id = r.job_id) OR EXISTS (SELECT 1 FROM approvals a WHERE a.job_id = r.job_id AND a.state = 'pending'))
            """
        ),
        (
            "a waiting job has a wait",
            "SELECT r.job_id::text AS id FROM job_runs r WHERE r.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM waits w WHERE w.job_id = r.job_id)"
        ),
        (
            "a pending approval has its wait",
            """
            SELECT a.id::text AS id FROM approvals a WHERE a.state = 'pending'
               AND NOT EXISTS (SELECT 1 FROM waits w WHERE w.job_id = a.job_id AND w.approval_id = a.id)
            """
        ),
        (
            "a group of children counts no more ends than it has children",
            "SELECT parent_id || ' ' || key AS id FROM child_groups WHERE succeeded + failed + cancelled > total"
        ),
        (
            "a group's counted and waiting ends are its ended children",
            """
            SELECT g.parent_id || ' ' || g.key AS id FROM child_groups g
             WHERE g.succeeded + g.failed + g.cancelled + (SELECT count(*) FROM child_ends e WHERE e.parent_id = g.parent_id AND e.parent_key = g.key)
                <> (SELECT count(*) FROM jobs j JOIN job_runs r ON r.job_id = j.id LEFT JOIN job_results o ON o.job_id = j.id
                     WHERE j.parent_id = g.parent_id AND j.parent_key = g.key AND (r.state IN ('succeeded','failed','cancelled') OR r.generation > 0) AND o.continued_as IS NULL)
            """
        ),
        (
            "of the jobs with one concurrency key at most one runs",
            """
            SELECT j.workspace || ' ' || j.concurrency_key AS id FROM job_runs r JOIN jobs j ON j.id = r.job_id
             WHERE r.state = 'running' AND j.concurrency_key IS NOT NULL GROUP BY j.workspace, j.concurrency_key HAVING count(*) > 1
            """
        ),
        (
            "a succeeded job has its output or its successor",
            """
            SELECT r.job_id::text AS id FROM job_runs r LEFT JOIN job_results o USING (job_id)
             WHERE r.state = 'succeeded' AND o.output IS NULL AND o.continued_as IS NULL
            """
        ),
        (
            "a failed job says why",
            "SELECT r.job_id::text AS id FROM job_runs r LEFT JOIN job_results o USING (job_id) WHERE r.state = 'failed' AND o.error IS NULL"
        ),
    ];

    public static int Count => Checks.Length;

    public async Task<IReadOnlyList<Violation>> RunAsync(CancellationToken cancellationToken)
    {
        var found = new List<Violation>();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead,
            cancellationToken
        );
        await Sql.ExecuteAsync(connection, "SET TRANSACTION READ ONLY");
        foreach (var (name, rows) in Checks)
        {
            await using var command = new NpgsqlCommand(
                $"SELECT count(*), COALESCE(string_agg(id, ', ') FILTER (WHERE rank <= 5), '') FROM (SELECT id, row_number() OVER () AS rank FROM ({rows}) v) x",
                connection
            )
            {
                CommandTimeout = 0,
            };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            if (reader.GetInt64(0) > 0)
                found.Add(new Violation(name, reader.GetInt64(0), reader.GetString(1)));
        }
        return found;
    }
}
