using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Workspaces;

/// <summary>Empties a workspace's bin ahead of its days.</summary>
public sealed class WorkspaceBin(NpgsqlDataSource database, WorkspaceChanges changes, TimeProvider time)
{
    private const string EmptySql = """
        WITH gone AS (DELETE FROM workspace_files WHERE workspace = $1 AND deleted_at <= $2 RETURNING path)
        SELECT count(*) FROM gone
        """;

    /// <summary>How many files lie in it, and when that was so.</summary>
    public async Task<(int Files, DateTimeOffset At)> CountAsync(string workspace, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT count(*)::int, ac_now() FROM workspace_files WHERE workspace = $1 AND deleted_at IS NOT NULL"
        );
        command.Parameters.Add(new() { Value = workspace });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetInt32(0), await row.GetFieldValueAsync<DateTimeOffset>(1, cancellationToken));
    }

    /// <summary>Deletes for good, with all versions, what was in the bin at that moment; what came later stays. The number of files.</summary>
    public async Task<int> EmptyAsync(
        string workspace,
        DateTimeOffset until,
        Author by,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var files = (int)await Sql.ScalarAsync<long>(connection, EmptySql, workspace, until.ToUniversalTime());
        if (files == 0)
            return 0;
        var line = new Activity(Guid.CreateVersion7(time.GetUtcNow()), workspace, "bin.emptied", by)
        {
            Text = files == 1 ? "1 file" : $"{files} files",
        };
        await WorkspaceFeed.AppendAsync(connection, line, cancellationToken);
        if (by.Actor is { } actor)
        {
            var entry = new AuditEntry(actor, "bin.emptied", $"workspace:{workspace}")
            {
                TargetName = workspace,
                After = new { Files = files },
            };
            await AuditLog.AppendAsync(connection, transaction, entry, cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        changes.Publish(workspace);
        return files;
    }
}
