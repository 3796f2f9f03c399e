using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Control;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Agents;

/// <summary>What admins do to the agents that they defined. Every change is a new version; nothing is overwritten.</summary>
public sealed class DefinitionCommands
{
    /// <summary>Longest name, in characters.</summary>
    public const int LongestName = 60;

    /// <summary>The one name that is an address of its own: the form for new ones.</summary>
    public const string TakenName = "new";

    private readonly NpgsqlDataSource database;
    private readonly AgentCatalog catalog;
    private readonly IDefinedAgents maker;
    private readonly DefinitionLoader loader;
    private readonly ControlSender others;

    internal DefinitionCommands(
        NpgsqlDataSource database,
        AgentCatalog catalog,
        IDefinedAgents maker,
        DefinitionLoader loader,
        ControlSender others
    ) =>
        (this.database, this.catalog, this.maker, this.loader, this.others) = (
            database,
            catalog,
            maker,
            loader,
            others
        );

    /// <param name="version">The version that was edited; 0 for a new agent.</param>
    public async Task<DefinitionOutcome> SaveAsync(
        string name,
        int version,
        JsonElement settings,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        return await CheckAsync(name, settings, cancellationToken) is { Count: > 0 } errors
            ? new DefinitionOutcome.Invalid(errors)
            : await AppendAsync(name, version, settings.GetRawText(), actor, cancellationToken);
    }

    /// <summary>All that is wrong with a name and settings, by field with the remedy; empty where they may be saved.</summary>
    public async Task<IReadOnlyDictionary<string, string[]>> CheckAsync(
        string name,
        JsonElement settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        var errors = new Dictionary<string, string[]>(
            await maker.CheckAsync(name, settings, cancellationToken),
            StringComparer.Ordinal
        );
        if (NameProblem(name) is { } why)
            errors["name"] = [why];
        return errors;
    }

    /// <summary>No new jobs for it; those that it has go on.</summary>
    public async Task<DefinitionOutcome> RetireAsync(
        string name,
        int version,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        return catalog.IsOwn(name) || catalog.FindOpen(name) is null
            ? new DefinitionOutcome.NotFound()
            : await AppendAsync(name, version, null, actor, cancellationToken);
    }

    private string? NameProblem(string name)
    {
        if (
            name.Length is 0 or > LongestName
            || !char.IsAsciiLetterLower(name[0])
            || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')
        )
            return $"Begin with a letter, and use at most {LongestName} of a-z, 0-9, '-', '_' and '.'.";
        if (name == TakenName)
            return $"'{name}' is the address where new assistants are made. Choose another name.";
        return catalog.IsOwn(name)
            ? $"'{name}' comes with the program or its configuration. Choose another name."
            : null;
    }

    private async Task<DefinitionOutcome> AppendAsync(
        string name,
        int version,
        string? settings,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var insert = Sql.Command(
            connection,
            """
            WITH newest AS (SELECT version, settings FROM agent_definitions WHERE name = $1 ORDER BY version DESC LIMIT 1),
                 added AS (
                   INSERT INTO agent_definitions (name, version, settings, changed_by, changed_at)
                   SELECT $1, $2 + 1, $3, $4, ac_now() WHERE COALESCE((SELECT version FROM newest), 0) = $2
                   ON CONFLICT DO NOTHING RETURNING version)
            SELECT COALESCE((SELECT version FROM newest), 0), (SELECT settings FROM newest), EXISTS (SELECT 1 FROM added)
            """,
            name,
            version
        );
        insert.Parameters.Add(
            new() { Value = (object?)settings ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }
        );
        insert.Parameters.Add(new() { Value = actor.Name });
        string? before;
        await using (var row = await insert.ExecuteReaderAsync(cancellationToken))
        {
            await row.ReadAsync(cancellationToken);
            var newest = row.GetInt32(0);
            // Who saved at the same time is not seen by this statement, but took the number.
            if (!row.GetBoolean(2))
                return new DefinitionOutcome.Changed(newest == version ? version + 1 : newest);
            before = await row.IsDBNullAsync(1, cancellationToken) ? null : row.GetString(1);
        }
        var entry = new AuditEntry(actor, settings is null ? "agent.retired" : "agent.defined", $"agent:{name}")
        {
            Before = Json(before),
            After = Json(settings),
        };
        await AuditLog.AppendAsync(connection, transaction, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await loader.LoadAsync(cancellationToken);
        others.Agent(name);
        return new DefinitionOutcome.Saved(version + 1);
    }

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}
