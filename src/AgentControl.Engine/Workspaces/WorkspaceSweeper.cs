using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AgentControl.Engine.Workspaces;

/// <summary>What a sweep took away.</summary>
public sealed record WorkspaceSweep(int BinnedFiles, int Contents, int Temporary);

/// <summary>Empties the bin after its days, and removes contents that no row names.</summary>
public sealed class WorkspaceSweeper(
    NpgsqlDataSource database,
    WorkspaceBlobs blobs,
    IOptions<WorkspaceOptions> options,
    TimeProvider time,
    ILogger<WorkspaceSweeper> log
)
{
    private const string BinSql = "DELETE FROM workspace_files WHERE deleted_at < ac_now() - make_interval(days => $1)";
    private const string KnownSql =
        "SELECT EXISTS (SELECT FROM workspace_file_versions WHERE sha256 = $1 AND content IS NULL)";
    private const string LockSql =
        "SELECT pg_advisory_xact_lock(('x' || encode(substr($1, 1, 8), 'hex'))::bit(64)::bigint)";

    public async Task<WorkspaceSweep> SweepAsync(CancellationToken cancellationToken)
    {
        int binned;
        await using (var command = database.CreateCommand(BinSql))
        {
            command.Parameters.Add(new() { Value = options.Value.BinDays });
            binned = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        if (!Directory.Exists(blobs.Root) || !await OwnsAsync(cancellationToken))
            return new WorkspaceSweep(binned, 0, 0);
        var old = time.GetUtcNow().AddHours(-options.Value.OrphanHours).UtcDateTime;
        var temporary = SweepTemporary(old);
        var contents = 0;
        foreach (var (file, sha256) in blobs.OlderThan(old))
        {
            if (await RemoveAsync(file, sha256, old, cancellationToken))
                contents++;
        }
        if (binned + contents + temporary > 0)
            WorkspaceLog.Swept(log, binned, contents, temporary);
        return new WorkspaceSweep(binned, contents, temporary);
    }

    // Alone on this hash: a writer that is about to name it either has its row visible here, or looks again after us.
    private async Task<bool> RemoveAsync(
        FileInfo file,
        byte[] sha256,
        DateTime old,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await KnownAsync(connection, sha256, cancellationToken))
            return false;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var take = new NpgsqlCommand(LockSql, connection, transaction))
        {
            take.Parameters.Add(new() { Value = sha256 });
            await take.ExecuteNonQueryAsync(cancellationToken);
        }
        file.Refresh();
        if (!file.Exists || file.LastWriteTimeUtc >= old || await KnownAsync(connection, sha256, cancellationToken))
            return false;
        file.Delete();
        return true;
    }

    private static async Task<bool> KnownAsync(
        NpgsqlConnection connection,
        byte[] sha256,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(KnownSql, connection);
        command.Parameters.Add(new() { Value = sha256 });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    // A folder that another database filled must not be swept by what this one knows.
    private async Task<bool> OwnsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT id FROM workspaces WHERE name = 'default'");
        var id = ((Guid)(await command.ExecuteScalarAsync(cancellationToken))!).ToString("D");
        if (blobs.Owner(id) == id)
            return true;
        WorkspaceLog.OtherOwner(log, blobs.Root);
        return false;
    }

    private int SweepTemporary(DateTime old)
    {
        var removed = 0;
        foreach (var file in blobs.TemporaryOlderThan(old))
        {
            file.Delete();
            removed++;
        }
        return removed;
    }
}
