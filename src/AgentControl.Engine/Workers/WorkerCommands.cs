using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Control;
using AgentControl.Engine.Queues;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Workers;

/// <summary>How a command on a worker went.</summary>
public enum WorkerResult
{
    /// <summary>Done, or already so.</summary>
    Done,
    NotFound,

    /// <summary>A live worker is not forgotten, and one that is not alive is not drained.</summary>
    Refused,
}

/// <summary>What people do to the processes that run jobs.</summary>
public sealed class WorkerCommands
{
    private const string Alive =
        "stopped_at IS NULL AND last_heartbeat > ac_now() - make_interval(secs => $2) AND role <> 'web'";

    private readonly NpgsqlDataSource database;
    private readonly QueueGates gates;
    private readonly ControlSender others;

    internal WorkerCommands(NpgsqlDataSource database, QueueGates gates, ControlSender others) =>
        (this.database, this.gates, this.others) = (database, gates, others);

    /// <summary>
    /// A draining worker takes no more jobs, and those that it runs go on in another one behind their next step; its pages are served as before.
    /// With <paramref name="draining"/> false it takes jobs again.
    /// </summary>
    public Task<WorkerResult> DrainAsync(
        string name,
        bool draining,
        Actor actor,
        CancellationToken cancellationToken = default
    ) =>
        ChangeAsync(
            name,
            $"UPDATE workers SET draining_since = CASE WHEN $3 THEN COALESCE(draining_since, ac_now()) END WHERE name = $1 AND {Alive}",
            new(actor, draining ? "worker.drained" : "worker.resumed", $"worker:{name}")
            {
                TargetName = name,
                Before = new { Draining = !draining },
                After = new { Draining = draining },
            },
            cancellationToken,
            draining
        );

    /// <summary>Takes a worker that was lost or has stopped out of the list. One that was only silent comes back with its next heartbeat.</summary>
    public Task<WorkerResult> ForgetAsync(string name, Actor actor, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            name,
            "DELETE FROM workers WHERE name = $1 AND NOT (stopped_at IS NULL AND last_heartbeat > ac_now() - make_interval(secs => $2))",
            new(actor, "worker.forgotten", $"worker:{name}") { TargetName = name },
            cancellationToken
        );

    private async Task<WorkerResult> ChangeAsync(
        string name,
        string statement,
        AuditEntry entry,
        CancellationToken cancellationToken,
        params object?[] more
    )
    {
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (!await Sql.ScalarAsync<bool>(connection, "SELECT EXISTS (SELECT 1 FROM workers WHERE name = $1)", name))
                return WorkerResult.NotFound;
            if (await Sql.ExecuteAsync(connection, statement, [name, WorkerQueries.LostAfterSeconds, .. more]) == 0)
                return WorkerResult.Refused;
            await AuditLog.AppendAsync(connection, transaction, entry, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        others.Queue(QueueHold.Row);
        await gates.ApplyAsync(cancellationToken);
        return WorkerResult.Done;
    }
}
