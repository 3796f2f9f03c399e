using AgentControl.Engine.Audit;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Workspaces;

/// <summary>Writes files: bytes first and durable, then one row in one transaction, so a crash shows all of a file or nothing.</summary>
public sealed class WorkspaceFiles(NpgsqlDataSource database, WorkspaceBlobs blobs, WorkspaceChanges changes)
{
    private const string WriteSql =
        "SELECT outcome, o_version, o_sha256, o_at FROM ac_write_file($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)";
    private const string VersionSql =
        "SELECT sha256, size, content, content_type FROM workspace_file_versions WHERE workspace = $1 AND path = $2 AND version = $3";
    private const string BinSql = "SELECT outcome, o_version, o_sha256, o_at FROM ac_bin_file($1,$2,$3,$4,$5,$6,$7,$8)";

    /// <summary>Makes bytes durable ahead of <see cref="WriteAsync(NpgsqlConnection, FileWrite, StagedContent, CancellationToken)"/>; null where they are over the limit. Staged bytes that get no row within a day are swept.</summary>
    public Task<StagedContent?> StageAsync(Stream content, CancellationToken cancellationToken) =>
        blobs.StageAsync(content, cancellationToken);

    /// <inheritdoc cref="StageAsync(Stream, CancellationToken)"/>
    public Task<StagedContent?> StageAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        blobs.StageAsync(content, cancellationToken);

    /// <summary>Writes one file by itself.</summary>
    public async Task<FileResult> WriteAsync(FileWrite write, Stream content, CancellationToken cancellationToken) =>
        VirtualName.From(write.Path.Value) is not null
            ? new FileResult(FileOutcome.ReadOnly)
            : await WriteStagedAsync(write, await blobs.StageAsync(content, cancellationToken), cancellationToken);

    /// <inheritdoc cref="WriteAsync(FileWrite, Stream, CancellationToken)"/>
    public async Task<FileResult> WriteAsync(
        FileWrite write,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    ) =>
        VirtualName.From(write.Path.Value) is not null
            ? new FileResult(FileOutcome.ReadOnly)
            : await WriteStagedAsync(write, await blobs.StageAsync(content, cancellationToken), cancellationToken);

    /// <summary>Writes the row on the caller's connection and inside its transaction, if one is open: a step and its file stand or fall together. The caller checks its fence, commits, and then calls <see cref="WorkspaceChanges.Publish"/>.</summary>
    public async Task<FileResult> WriteAsync(
        NpgsqlConnection connection,
        FileWrite write,
        StagedContent content,
        CancellationToken cancellationToken
    )
    {
        if (VirtualName.From(write.Path.Value) is not null)
            return new FileResult(FileOutcome.ReadOnly);
        await using var command = new NpgsqlCommand(WriteSql, connection);
        command.Parameters.Add(new() { Value = write.Id });
        command.Parameters.Add(new() { Value = write.Workspace });
        command.Parameters.Add(new() { Value = write.Path.Value });
        command.Parameters.Add(new() { Value = content.Sha256Bytes });
        command.Parameters.Add(new() { Value = content.Size });
        command.Parameters.Add(Nullable(content.Inline, NpgsqlDbType.Bytea));
        command.Parameters.Add(new() { Value = ContentTypes.For(write.Path, write.ContentType) });
        command.Parameters.Add(new() { Value = write.By.Kind });
        command.Parameters.Add(new() { Value = PlainText.Clean(write.By.Name, 200) });
        command.Parameters.Add(Nullable(write.JobId, NpgsqlDbType.Uuid));
        command.Parameters.Add(Nullable(write.StepKey, NpgsqlDbType.Text));
        command.Parameters.Add(Nullable(write.Expect.Match, NpgsqlDbType.Array | NpgsqlDbType.Text));
        var result = await ResultAsync(command, cancellationToken);
        // The row now holds the sweeper off this hash; bytes that were swept before that moment must not get a row.
        if (content.Inline is null && result.Stands && !blobs.Exists(content.Sha256Bytes))
            throw new IOException(
                $"The staged contents of {write.Path} were swept before they were recorded: stage and write again."
            );
        return result;
    }

    /// <summary>Writes an older version anew, as the newest one; what was written since stays. <see cref="FileOutcome.NotFound"/> where that version is not kept.</summary>
    public async Task<FileResult> RevertAsync(FileWrite write, int version, CancellationToken cancellationToken)
    {
        if (VirtualName.From(write.Path.Value) is not null)
            return new FileResult(FileOutcome.ReadOnly);
        await using var command = database.CreateCommand(VersionSql);
        command.Parameters.Add(new() { Value = write.Workspace });
        command.Parameters.Add(new() { Value = write.Path.Value });
        command.Parameters.Add(new() { Value = version });
        StagedContent content;
        string type;
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken))
                return new FileResult(FileOutcome.NotFound);
            var inline = await row.IsDBNullAsync(2, cancellationToken)
                ? null
                : await row.GetFieldValueAsync<byte[]>(2, cancellationToken);
            content = new StagedContent(
                await row.GetFieldValueAsync<byte[]>(0, cancellationToken),
                row.GetInt64(1),
                inline
            );
            type = row.GetString(3);
        }
        return await WriteStagedAsync(
            write with
            {
                ContentType = type,
                OfVersion = version,
            },
            content,
            cancellationToken
        );
    }

    /// <summary>Puts a file into the bin; its versions stay readable by number until the bin is emptied.</summary>
    public Task<FileResult> DeleteAsync(
        Guid id,
        string workspace,
        WorkspacePath path,
        Author by,
        FileExpectation expect,
        CancellationToken cancellationToken
    ) => BinAsync(id, workspace, path, by, expect, false, cancellationToken);

    /// <summary>Takes a file out of the bin.</summary>
    public Task<FileResult> RestoreAsync(
        Guid id,
        string workspace,
        WorkspacePath path,
        Author by,
        CancellationToken cancellationToken
    ) => BinAsync(id, workspace, path, by, FileExpectation.Anything, true, cancellationToken);

    private async Task<FileResult> WriteStagedAsync(
        FileWrite write,
        StagedContent? content,
        CancellationToken cancellationToken
    )
    {
        if (content is null)
            return new FileResult(FileOutcome.TooLarge);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        FileResult result;
        try
        {
            result = await WriteAsync(connection, write, content, cancellationToken);
        }
        catch (PostgresException full) when (full.SqlState == WorkspaceQuotas.Full)
        {
            return new FileResult(FileOutcome.OverQuota) { Why = full.MessageText };
        }
        await AuditAsync(connection, write, result, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (result.Outcome is FileOutcome.Written)
            changes.Publish(write.Workspace);
        return result;
    }

    private async Task<FileResult> BinAsync(
        Guid id,
        string workspace,
        WorkspacePath path,
        Author by,
        FileExpectation expect,
        bool restore,
        CancellationToken cancellationToken
    )
    {
        if (VirtualName.From(path.Value) is not null)
            return new FileResult(FileOutcome.ReadOnly);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(BinSql, connection);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = path.Value });
        command.Parameters.Add(new() { Value = by.Kind });
        command.Parameters.Add(new() { Value = PlainText.Clean(by.Name, 200) });
        command.Parameters.Add(Nullable(null, NpgsqlDbType.Uuid));
        command.Parameters.Add(Nullable(expect.Match, NpgsqlDbType.Array | NpgsqlDbType.Text));
        command.Parameters.Add(new() { Value = restore });
        var result = await ResultAsync(command, cancellationToken);
        if (by.Actor is { } actor && result.Outcome is FileOutcome.Written)
        {
            var action = restore ? "file.restored" : "file.deleted";
            var entry = new AuditEntry(actor, action, $"file:{workspace}/{path.Value}")
            {
                TargetName = path.Value,
                After = new { result.Version, result.Sha256 },
            };
            await AuditLog.AppendAsync(connection, null, entry, cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        if (result.Outcome is FileOutcome.Written)
            changes.Publish(workspace);
        return result;
    }

    /// <summary>What a person or key changed; what agents write stands in their jobs' logs.</summary>
    private static async Task AuditAsync(
        NpgsqlConnection connection,
        FileWrite write,
        FileResult result,
        CancellationToken cancellationToken
    )
    {
        if (write.By.Actor is not { } actor || result.Outcome is not FileOutcome.Written)
            return;
        var entry = new AuditEntry(actor, "file.written", $"file:{write.Workspace}/{write.Path.Value}")
        {
            TargetName = write.Path.Value,
            Before = result.Version > 1 ? new { Version = result.Version - 1 } : null,
            After = new
            {
                result.Version,
                result.Sha256,
                write.OfVersion,
            },
        };
        await AuditLog.AppendAsync(connection, null, entry, cancellationToken);
    }

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    private static async Task<FileResult> ResultAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var outcome = Enum.Parse<FileOutcome>(reader.GetString(0), ignoreCase: true);
        return await reader.IsDBNullAsync(1, cancellationToken) || await reader.IsDBNullAsync(2, cancellationToken)
            ? new FileResult(outcome)
            : new FileResult(
                outcome,
                reader.GetInt32(1),
                Convert.ToHexStringLower(await reader.GetFieldValueAsync<byte[]>(2, cancellationToken)),
                await reader.GetFieldValueAsync<DateTimeOffset>(3, cancellationToken)
            );
    }
}
