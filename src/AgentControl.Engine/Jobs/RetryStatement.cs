using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Jobs;

/// <summary>Takes a final job back to its queue: the failure that ended it, and what came later in its scope, is superseded; every other record stays.</summary>
internal static class RetryStatement
{
    private const string Supersede = """
        UPDATE steps s SET state = 'superseded'
          FROM steps f, job_results o
         WHERE o.job_id = $1 AND f.job_id = $1 AND f.key = (o.error::json ->> 'step') AND f.state = 'failed'
           AND s.job_id = $1 AND s.state IN ('completed','failed') AND s.no >= f.no
           AND (s.key = f.key OR (s.no > f.no AND CASE WHEN strpos(f.key, '/') = 0 THEN true
                ELSE starts_with(s.key, left(f.key, length(f.key) - strpos(reverse(f.key), '/') + 1)) END))
        """;

    private const string Requeue = """
        UPDATE job_runs SET state = 'queued', outcome = NULL, finished_at = NULL, strikes = 0, worked_ms = 0, rested_ms = 0, generation = generation + 1, resume = false, front = false,
               queued_at = ac_now(), pause_requested = false, cancel_requested = false, requested_by = NULL, request_reason = NULL, recovering = false
         WHERE job_id = $1
        """;

    public static async Task RunAsync(NpgsqlConnection connection, Guid id)
    {
        await Sql.ExecuteAsync(connection, Supersede, id);
        // Tries that were under way begin anew, with their whole budget of tries.
        await Sql.ExecuteAsync(
            connection,
            "DELETE FROM steps WHERE job_id = $1 AND state = 'running' AND kind NOT LIKE 'once:%'",
            id
        );
        // A start whose outcome nobody knows is asked about anew.
        await Sql.ExecuteAsync(
            connection,
            "UPDATE steps s SET generation = r.generation + 1 FROM job_runs r WHERE r.job_id = $1 AND s.job_id = $1 AND s.state = 'running'",
            id
        );
        await Sql.ExecuteAsync(connection, Requeue, id);
        await Sql.ExecuteAsync(connection, "DELETE FROM job_results WHERE job_id = $1", id);
    }
}
