using AgentControl.Engine.Paging;
using Npgsql;

namespace AgentControl.Engine.Workspaces;

/// <summary>One line of a folder: a folder in it, or a file.</summary>
public sealed record FolderLine(string Name, string Path, bool IsFolder)
{
    /// <summary>Of a file; null for a folder.</summary>
    public int? Version { get; init; }

    public long? Size { get; init; }

    public DateTimeOffset? At { get; init; }

    public string? WrittenBy { get; init; }
}

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
        SELECT CASE WHEN cut > 0 THEN left(walk.path, length($2) + cut) ELSE walk.path END, cut > 0, f.version, f.size, f.at, f.author_name
        FROM walk LEFT JOIN LATERAL (
            SELECT * FROM workspace_files WHERE cut = 0 AND workspace = $1 AND workspace_files.path = walk.path) AS f ON true
        LIMIT $5
        """;

    /// <summary>Lines in byte order; <paramref name="folder"/> is empty or ends in a slash.</summary>
    public async Task<Page<FolderLine>> ListAsync(
        string workspace,
        string folder,
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    )
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
            var path = reader.GetString(0);
            var line = new FolderLine(path[folder.Length..].TrimEnd('/'), path, isFolder);
            if (!isFolder)
            {
                line = line with
                {
                    Version = reader.GetInt32(2),
                    Size = reader.GetInt64(3),
                    At = await reader.GetFieldValueAsync<DateTimeOffset>(4, cancellationToken),
                    WrittenBy = reader.GetString(5),
                };
            }
            lines.Add(line);
        }
        return Page<FolderLine>.Of(
            lines,
            limit,
            last => WorkspaceCursor.Of(last.IsFolder ? last.Path + ByteOrder.Last : last.Path)
        );
    }
}
