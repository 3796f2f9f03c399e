using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Workspaces;

/// <summary>What a workspace may keep and keeps: older versions and the bin count. A limit that is null does not hold.</summary>
/// <param name="MaxBytes">In bytes.</param>
public sealed record WorkspaceQuota(long? MaxBytes, int? MaxFiles, long Bytes, long Files);

/// <summary>Reads and sets how much workspaces may keep. The database itself refuses what is over it, whoever writes.</summary>
public sealed class WorkspaceQuotas(NpgsqlDataSource database, WorkspaceChanges changes)
{
    /// <summary>The state of a write that was refused; its message names the limit and the remedy.</summary>
    internal const string Full = "AC010";

    private const string ReadSql = """
        SELECT max_bytes, max_files,
               (SELECT COALESCE(sum(size), 0)::bigint FROM workspace_file_versions WHERE workspace = name),
               (SELECT count(*) FROM workspace_files WHERE workspace = name AND version > 0)
        FROM workspaces WHERE name = $1
        """;

    private const string SetSql = """
        WITH old AS (SELECT name, max_bytes, max_files FROM workspaces WHERE name = $1 FOR NO KEY UPDATE)
        UPDATE workspaces w SET max_bytes = $2, max_files = $3 FROM old WHERE w.name = old.name
        RETURNING old.max_bytes, old.max_files
        """;

    /// <summary>Null where there is no such workspace.</summary>
    public async Task<WorkspaceQuota?> ReadAsync(string workspace, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReadSql);
        command.Parameters.Add(new() { Value = workspace });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new WorkspaceQuota(
                row.IsDBNull(0) ? null : row.GetInt64(0),
                row.IsDBNull(1) ? null : row.GetInt32(1),
                row.GetInt64(2),
                row.GetInt64(3)
            )
            : null;
    }

    /// <summary>Sets both limits, null for none. What is kept already stays, also above them. False where there is no such workspace.</summary>
    public async Task<bool> SetAsync(
        string workspace,
        long? maxBytes,
        int? maxFiles,
        Author by,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = Sql.Command(connection, SetSql, workspace);
        command.Parameters.Add(new() { Value = (object?)maxBytes ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(
            new() { Value = (object?)maxFiles ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer }
        );
        long? oldBytes;
        int? oldFiles;
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken))
                return false;
            (oldBytes, oldFiles) = (row.IsDBNull(0) ? null : row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt32(1));
        }
        if ((oldBytes, oldFiles) == (maxBytes, maxFiles))
            return true;
        if (by.Actor is { } actor)
        {
            var entry = new AuditEntry(actor, "workspace.quotaChanged", $"workspace:{workspace}")
            {
                TargetName = workspace,
                Before = new { MaxBytes = oldBytes, MaxFiles = oldFiles },
                After = new { MaxBytes = maxBytes, MaxFiles = maxFiles },
            };
            await AuditLog.AppendAsync(connection, transaction, entry, cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        changes.Publish(workspace);
        return true;
    }
}
