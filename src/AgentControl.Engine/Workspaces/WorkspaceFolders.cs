using Npgsql;

namespace AgentControl.Engine.Workspaces;

/// <summary>One line of a folder: a folder in it, or a file.</summary>
public sealed record FolderLine(string Name, string Path, bool IsFolder);

/// <summary>What lies directly in a folder. Each folder in it costs one index probe, however many files are below.</summary>
public sealed class WorkspaceFolders(NpgsqlDataSource database)
{
    private const string WalkSql = """
        WITH RECURSIVE walk(path, cut) AS (
            (SELECT path, strpos(substr(path, length($2) + 1), '/') FROM workspace_files
             WHERE workspace = $1 AND deleted_at IS NULL AND version > 0 AND path >= $2 AND path < $2 || $4 AND path > $3
             ORDER BY path LIMIT 1)
            UNION ALL
            SELECT next.path, strpos(substr(next.path, length($2) + 1), '/') FROM walk CROSS JOIN LATERAL (
                SELECT path FROM workspace_files
                WHERE workspace = $1 AND deleted_at IS NULL AND version > 0 AND path < $2 || $4
                  AND path > CASE WHEN cut > 0 THEN left(walk.path, length($2) + cut) || $4 ELSE walk.path END
                ORDER BY path LIMIT 1) AS next)
        SELECT left(path, length($2) + cut), cut > 0, path FROM walk LIMIT $5
        """;

    /// <summary>Lines in byte order; <paramref name="folder"/> is empty or ends in a slash.</summary>
    public async Task<WorkspacePage<FolderLine>> ListAsync(string workspace, string folder, string? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WalkSql);
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = folder });
        command.Parameters.Add(new() { Value = WorkspaceCursor.Path(cursor) ?? "" });
        command.Parameters.Add(new() { Value = ByteOrder.Last });
        command.Parameters.Add(new() { Value = limit + 1 });
        var lines = new List<FolderLine>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var isFolder = reader.GetBoolean(1);
            var path = isFolder ? reader.GetString(0) : reader.GetString(2);
            lines.Add(new FolderLine(path[folder.Length..].TrimEnd('/'), path, isFolder));
        }
        return Pages.Cut(lines, limit, last => WorkspaceCursor.Of(last.IsFolder ? last.Path + ByteOrder.Last : last.Path));
    }
}
