using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Control;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Queues;

/// <summary>How many workers each queue has in a process: configuration, overridden by what a person stored. Changed at run time.</summary>
public sealed class QueueSettings
{
    private readonly NpgsqlDataSource database;
    private readonly QueueGates gates;
    private readonly ControlSender others;

    internal QueueSettings(NpgsqlDataSource database, QueueGates gates, ControlSender others) =>
        (this.database, this.gates, this.others) = (database, gates, others);

    /// <summary>Errors by field; empty where it was stored.</summary>
    public async Task<IReadOnlyDictionary<string, string[]>> ChangeAsync(
        string name,
        int? workers,
        bool? paused,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (!QueueNames.IsValid(name))
            errors["name"] = ["Use a-z, 0-9, '-' and '_', at most 50 characters."];
        if (workers is < 0 or > QueueOptions.MaxWorkers)
            errors["workers"] = [$"Use 0 to {QueueOptions.MaxWorkers}."];
        if (errors.Count > 0)
            return errors;
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var before = await ToldAsync(connection, name, lockIt: true);
            await using var command = new NpgsqlCommand(
                """
                INSERT INTO queues (name, workers, paused, changed_by, changed_at) VALUES (@name, @workers, COALESCE(@paused, false), @by, ac_now())
                ON CONFLICT (name) DO UPDATE SET workers = COALESCE(@workers, queues.workers), paused = COALESCE(@paused, queues.paused),
                   changed_by = @by, changed_at = ac_now()
                """,
                connection
            );
            command.Parameters.AddWithValue("name", name);
            command.Parameters.Add(
                new NpgsqlParameter("workers", NpgsqlTypes.NpgsqlDbType.Integer)
                {
                    Value = (object?)workers ?? DBNull.Value,
                }
            );
            command.Parameters.Add(
                new NpgsqlParameter("paused", NpgsqlTypes.NpgsqlDbType.Boolean)
                {
                    Value = (object?)paused ?? DBNull.Value,
                }
            );
            command.Parameters.AddWithValue("by", actor.Name);
            await command.ExecuteNonQueryAsync(cancellationToken);
            await AuditLog.AppendAsync(
                connection,
                transaction,
                new(actor, "queue.changed", $"queue:{name}")
                {
                    TargetName = name,
                    Before = before,
                    After = await ToldAsync(connection, name, lockIt: false),
                },
                cancellationToken
            );
            await transaction.CommitAsync(cancellationToken);
        }
        others.Queue(name);
        await gates.ApplyAsync(cancellationToken);
        return errors;
    }

    /// <summary>Holds or releases everything: while it is held no job starts or resumes in any process. Running jobs go on.</summary>
    public async Task HoldAsync(bool held, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var changed = await Sql.ExecuteAsync(
                connection,
                """
                INSERT INTO queues (name, paused, changed_by, changed_at) VALUES ($1, $2, $3, ac_now())
                ON CONFLICT (name) DO UPDATE SET paused = EXCLUDED.paused, changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at WHERE queues.paused <> EXCLUDED.paused
                """,
                QueueHold.Row,
                held,
                actor.Name
            );
            if (changed > 0)
                await AuditLog.AppendAsync(
                    connection,
                    transaction,
                    new AuditEntry(actor, held ? "queues.held" : "queues.released", "queue:*")
                    {
                        TargetName = "All queues",
                        Before = new { Held = !held },
                        After = new { Held = held },
                    },
                    cancellationToken
                );
            await transaction.CommitAsync(cancellationToken);
        }
        others.Queue(QueueHold.Row);
        await gates.ApplyAsync(cancellationToken);
    }

    private static async Task<JsonElement?> ToldAsync(NpgsqlConnection connection, string name, bool lockIt) =>
        await Sql.ScalarAsync<string>(
            connection,
            "SELECT json_build_object('workers', workers, 'paused', paused)::text FROM queues WHERE name = $1"
                + (lockIt ? " FOR UPDATE" : ""),
            name
        )
            is { } stored
            ? JsonElement.Parse(stored)
            : null;
}
