using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentControl.Core.Events;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Execution;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Checkpoints;

/// <summary>How a save from outside went.</summary>
public enum CheckpointOutcome
{
    Saved,
    NotFound,
    TooLarge,
    BadKey,
}

/// <summary>Saves checkpoints from outside of the job's own code.</summary>
public sealed class CheckpointCommands(NpgsqlDataSource database, EventFeed feed)
{
    public async Task<CheckpointOutcome> SaveAsync(
        Guid jobId,
        string key,
        JsonElement value,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(actor);
        var bytes = Encoding.UTF8.GetBytes(value.GetRawText());
        if (key.Length is 0 or > Stash.MaxKeyLength)
            return CheckpointOutcome.BadKey;
        if (bytes.Length > StepRunner.MaxResultBytes)
            return CheckpointOutcome.TooLarge;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await JobLog.LockAsync(connection, jobId))
            return CheckpointOutcome.NotFound;
        var line = await JobLog.AppendAsync(
            connection,
            jobId,
            new(
                EventTypes.CheckpointSaved,
                $"Checkpoint {key} saved by {actor.Name}",
                EventData.Of(new { key, bytes = bytes.Length }),
                Actor: actor.Name
            )
        );
        await Sql.ExecuteAsync(
            connection,
            """
            INSERT INTO checkpoints (job_id, key, version, value, step, epoch, worker, event_no, at)
            SELECT $1, $2, COALESCE((SELECT max(version) FROM checkpoints WHERE job_id = $1), 0) + 1, $3, NULL, r.epoch, $4, r.last_no, ac_now()
              FROM job_runs r WHERE r.job_id = $1
            """,
            jobId,
            key,
            bytes,
            actor.Name
        );
        if (actor.IsAccountable)
            await AuditLog.AppendAsync(
                connection,
                transaction,
                new(actor, "checkpoint.saved", $"job:{jobId}")
                {
                    After = new
                    {
                        Key = key,
                        Bytes = bytes.Length,
                        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
                    },
                },
                cancellationToken
            );
        await transaction.CommitAsync(cancellationToken);
        feed.Publish([line]);
        return CheckpointOutcome.Saved;
    }
}
