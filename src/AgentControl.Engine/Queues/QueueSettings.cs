using AgentControl.Engine.Access;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AgentControl.Engine.Queues;

/// <summary>How many workers each queue has in a process: configuration, overridden by what a person stored. Changed at run time.</summary>
public sealed class QueueSettings
{
    private readonly NpgsqlDataSource database;
    private readonly QueueOptions options;
    private readonly Lanes lanes;
    private readonly HangfireServers servers;
    private readonly EngineOptions engine;

    internal QueueSettings(
        NpgsqlDataSource database,
        IOptions<QueueOptions> options,
        Lanes lanes,
        HangfireServers servers,
        EngineOptions engine
    ) =>
        (this.database, this.options, this.lanes, this.servers, this.engine) = (
            database,
            options.Value,
            lanes,
            servers,
            engine
        );

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
        }
        if (engine.RunsJobs)
            await ApplyAsync(cancellationToken);
        return errors;
    }

    /// <summary>Reads what is stored and sets the gates of this process; enough Hangfire workers are started for them.</summary>
    internal async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var settings = options.Workers.ToDictionary(
            w => w.Key,
            w => (Workers: w.Value, Paused: false),
            StringComparer.Ordinal
        );
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        await using (var command = Sql.Command(connection, "SELECT name, workers, paused FROM queues"))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var name = reader.GetString(0);
                var configured = settings.TryGetValue(name, out var known) ? known.Workers : 0;
                settings[name] = (reader.IsDBNull(1) ? configured : reader.GetInt32(1), reader.GetBoolean(2));
            }
        }
        foreach (var (name, (workers, paused)) in settings)
            lanes.Gate(name).Set(workers, paused);
        servers.Ensure(settings.ToDictionary(s => s.Key, s => s.Value.Workers, StringComparer.Ordinal));
    }
}
