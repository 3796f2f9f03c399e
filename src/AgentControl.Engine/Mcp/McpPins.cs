using AgentControl.Core.Json;
using AgentControl.Core.Mcp;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Control;
using AgentControl.Engine.Live;
using Npgsql;

namespace AgentControl.Engine.Mcp;

/// <summary>The accepted tools of MCP servers, one row a server for all processes.</summary>
public sealed class McpPins : IMcpPins
{
    private const string FindSql = "SELECT tools, sha256, pinned_at, pinned_by FROM mcp_pins WHERE server = $1";

    private const string FirstSql = """
        INSERT INTO mcp_pins (server, tools, sha256, pinned_at, pinned_by) VALUES ($1, $2, $3, ac_now(), $4)
        ON CONFLICT (server) DO NOTHING
        """;

    private const string AcceptSql = """
        INSERT INTO mcp_pins (server, tools, sha256, pinned_at, pinned_by) VALUES ($1, $2, $3, ac_now(), $4)
        ON CONFLICT (server) DO UPDATE
        SET tools = excluded.tools, sha256 = excluded.sha256, pinned_at = excluded.pinned_at, pinned_by = excluded.pinned_by
        """;

    private readonly NpgsqlDataSource database;
    private readonly ControlSender others;
    private readonly McpServerChanges changes;

    internal McpPins(NpgsqlDataSource database, ControlSender others, McpServerChanges changes) =>
        (this.database, this.others, this.changes) = (database, others, changes);

    public async Task<McpPin?> FindAsync(string server, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(FindSql);
        command.Parameters.Add(new() { Value = server });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            return null;
        var tools = JournalJson.Deserialize<List<McpTool>>((byte[])row[0])!;
        return new(server, tools, row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.GetString(3));
    }

    public async Task<McpPin> PinFirstAsync(
        string server,
        IReadOnlyList<McpTool> tools,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using (var command = Command(FirstSql, connection, server, tools, McpPin.System))
            await command.ExecuteNonQueryAsync(cancellationToken);
        return (await FindAsync(server, cancellationToken))!;
    }

    /// <summary>From now on these tools are the accepted ones. Written into the audit log with the hashes before and after.</summary>
    public async Task<McpPin> AcceptAsync(
        string server,
        IReadOnlyList<McpTool> tools,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        var before = await FindAsync(server, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = Command(AcceptSql, connection, server, tools, actor.Name))
            await command.ExecuteNonQueryAsync(cancellationToken);
        var entry = new AuditEntry(actor, "mcpServer.accepted", $"mcpServer:{server}")
        {
            Before = before is null ? null : new { before.Sha256 },
            After = new { Sha256 = McpTool.HashOf(tools), Tools = tools.Select(t => t.Name) },
        };
        await AuditLog.AppendAsync(connection, transaction, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        others.McpServer(server);
        changes.Publish(server);
        return (await FindAsync(server, cancellationToken))!;
    }

    private static NpgsqlCommand Command(
        string sql,
        NpgsqlConnection connection,
        string server,
        IReadOnlyList<McpTool> tools,
        string by
    ) =>
        new(sql, connection)
        {
            Parameters =
            {
                new() { Value = server },
                new() { Value = JournalJson.Serialize(tools) },
                new() { Value = McpTool.HashOf(tools) },
                new() { Value = by },
            },
        };
}
