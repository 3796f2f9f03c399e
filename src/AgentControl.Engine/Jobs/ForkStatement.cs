using AgentControl.Engine.Access;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Jobs;

/// <summary>The statements of a fork.</summary>
internal static class ForkStatement
{
    public static async Task<NewJob?> LoadAsync(
        NpgsqlConnection connection,
        Guid id,
        Actor by,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            "SELECT name, agent, agent_version, queue, workspace, input, tags, timeout_seconds, max_attempts, budget, approval_policy FROM jobs WHERE id = $1",
            id
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new NewJob
            {
                Id = JobIds.Next(),
                Name = row.GetString(0),
                Agent = row.GetString(1),
                AgentVersion = row.GetString(2),
                Queue = row.GetString(3),
                Workspace = row.GetString(4),
                SubmittedBy = by.Name,
                Submitter = by.Person,
                Input = row.GetFieldValue<byte[]>(5),
                Tags = row.GetFieldValue<string[]>(6),
                TimeoutSeconds = row.GetInt32(7),
                MaxAttempts = row.GetInt32(8),
                Budget = row.IsDBNull(9) ? null : row.GetString(9),
                ApprovalPolicy = row.IsDBNull(10) ? null : row.GetString(10),
                ForkedFrom = id,
            }
            : null;
    }

    /// <summary>The number of a step's record; null where there is none.</summary>
    public static Task<long?> NumberOfAsync(NpgsqlConnection connection, Guid id, string key) =>
        Sql.ScalarAsync<long?>(
            connection,
            "SELECT no FROM steps WHERE job_id = $1 AND key = $2 AND state IN ('completed','failed') ORDER BY generation DESC LIMIT 1",
            id,
            key
        );

    /// <summary>Copies completed entries and the newest checkpoints recorded before a number; children belong to the original alone.</summary>
    public static async Task CopyAsync(NpgsqlConnection connection, Guid from, Guid to, long until)
    {
        var copied = await Sql.ExecuteAsync(
            connection,
            """
            INSERT INTO steps (job_id, key, generation, name, kind, state, no, attempt, input_hash, result, error, service, usage, started_at, completed_at)
            SELECT $2, key, 0, name, kind, state, no, attempt, input_hash, result, error, service, usage, started_at, completed_at FROM steps
             WHERE job_id = $1 AND state = 'completed' AND no < $3 AND kind NOT IN ('spawn','children')
               AND no < COALESCE((SELECT min(no) FROM steps WHERE job_id = $1 AND kind = 'spawn' AND state = 'completed'), $3)
            """,
            from,
            to,
            until
        );
        await Sql.ExecuteAsync(
            connection,
            """
            INSERT INTO checkpoints (job_id, key, version, value, step, epoch, worker, event_no, at)
            SELECT $2, key, version, value, step, 0, worker, event_no, at FROM checkpoints WHERE job_id = $1 AND event_no < $3
            """,
            from,
            to,
            until
        );
        // It goes on where the copied journal says that it is, not where the original began.
        await Sql.ExecuteAsync(
            connection,
            """
            UPDATE job_runs SET steps = $2, queue = COALESCE((SELECT substr(name, length('continueOn:') + 1) FROM steps
              WHERE job_id = $1 AND kind = 'continue' ORDER BY no DESC LIMIT 1), queue) WHERE job_id = $1
            """,
            to,
            copied
        );
    }
}
