using System.Security.Cryptography;
using System.Text;
using AgentControl.Core.Agents;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Engine.Events;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Workspaces;
using Npgsql;

namespace AgentControl.Engine.Execution;

/// <summary>The job's folder as its code sees it: what was read and written is journalled by version.</summary>
internal sealed class JobWorkspace(Attempt attempt, Scope scope, StepRunner steps, AttemptParts parts) : IJobWorkspace
{
    private const int PageSize = 200;
    private string Name => attempt.Job.Workspace;

    public async Task<IReadOnlyList<WorkspaceEntry>> ListAsync(string prefix)
    {
        using var call = scope.Enter("List");
        return await steps.RunAsync(
            $"list:{prefix}",
            null,
            step => ListAllAsync(prefix, step.CancellationToken),
            new() { Kind = "file" }
        );
    }

    public async Task<byte[]?> ReadAsync(string path)
    {
        using var call = scope.Enter("Read");
        var name = Parse(path);
        var version = await steps.RunAsync(
            $"read:{path}",
            null,
            async step => (await parts.Files.Queries.FindAsync(Name, name, null, step.CancellationToken))?.Version,
            new() { Kind = "file" }
        );
        if (version is null)
            return null;
        await using var file =
            await parts.Files.Queries.OpenAsync(Name, name, version, attempt.Cancellation)
            ?? throw new PermanentFailureException(
                "fileGone",
                $"Version {version} of '{path}', which this job read before, is no longer kept."
            );
        using var bytes = new MemoryStream();
        await file.Content.CopyToAsync(bytes, attempt.Cancellation);
        return bytes.ToArray();
    }

    public async Task<WorkspaceEntry> WriteAsync(string path, ReadOnlyMemory<byte> content, string? contentType = null)
    {
        using var call = scope.Enter("Write");
        var name = Parse(path);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        return await steps.RunAsync(
            $"write:{path}",
            null,
            async step =>
            {
                var staged =
                    await parts.Files.Files.StageAsync(content, step.CancellationToken)
                    ?? throw new PermanentFailureException(
                        "fileTooLarge",
                        $"'{path}' has {content.Length:N0} bytes, more than a file may have."
                    );
                return await WriteFencedAsync(name, staged, contentType, step, sha256);
            },
            new() { Kind = "file" }
        );
    }

    public async Task CommentAsync(string markdown, string? path = null)
    {
        using var call = scope.Enter("Comment");
        await steps.RunAsync(
            "comment",
            null,
            async step =>
            {
                var comment = new Comment(
                    new Guid(Convert.FromHexString(step.StepId)),
                    Name,
                    Author.Agent(attempt.Job.Agent),
                    markdown
                )
                {
                    JobId = attempt.Job.Id,
                    Anchor = path is null ? null : new CommentAnchor(CommentAnchor.FileKind, path),
                };
                await FencedAsync(
                    WorkspaceComments.EventOf(comment),
                    connection => WorkspaceComments.AddAsync(connection, comment, step.CancellationToken)
                );
                return true;
            },
            new() { Kind = "comment" }
        );
    }

    private static WorkspacePath Parse(string path)
    {
        try
        {
            return WorkspacePath.Of(path);
        }
        catch (ArgumentException problem)
        {
            throw new PermanentFailureException("path", JobFailure.Words(problem), problem);
        }
    }

    private async Task<List<WorkspaceEntry>> ListAllAsync(string prefix, CancellationToken cancellationToken)
    {
        var all = new List<WorkspaceEntry>();
        string? cursor = null;
        do
        {
            var page = await parts.Files.Queries.ListAsync(Name, prefix, cursor, PageSize, cancellationToken);
            all.AddRange(
                page.Items.Where(f => !f.IsVirtual)
                    .Select(f => new WorkspaceEntry(f.Path, f.Version, f.Size, f.Sha256, f.ContentType))
            );
            cursor = page.NextCursor;
        } while (cursor is not null);
        return all;
    }

    /// <summary>The version's row and its event under the fence: a zombie writes nothing. The step's record follows; the write's id makes a repetition harmless.</summary>
    private async Task<WorkspaceEntry> WriteFencedAsync(
        WorkspacePath path,
        StagedContent staged,
        string? contentType,
        StepCall step,
        string sha256
    )
    {
        // A try that was cut off behind its file may come again with other bytes: those are another version.
        var write = new FileWrite(
            StepIds.Guid(attempt.Job.Id, step.StepId + sha256),
            Name,
            path,
            Author.Agent(attempt.Job.Agent)
        )
        {
            ContentType = contentType,
            JobId = attempt.Job.Id,
            StepKey = step.Key,
        };
        var result = await FencedAsync(
            new EventRecord(
                EventTypes.FileWritten,
                $"{path.Value} written ({staged.Size:N0} bytes)",
                EventData.Of(new { path = path.Value, bytes = staged.Size })
            ),
            async connection =>
            {
                try
                {
                    return await parts.Files.Files.WriteAsync(connection, write, staged, step.CancellationToken);
                }
                catch (PostgresException full) when (full.SqlState == WorkspaceQuotas.Full)
                {
                    throw new PermanentFailureException(
                        "workspaceFull",
                        $"'{path.Value}' was not written: {full.MessageText}",
                        full
                    );
                }
            }
        );
        if (!result.Stands)
            throw new PermanentFailureException("fileRefused", $"'{path.Value}' was not written: {result.Outcome}.");
        return new WorkspaceEntry(
            path.Value,
            result.Version,
            staged.Size,
            sha256,
            contentType ?? ContentTypes.For(path, null)
        );
    }

    private Task<T> FencedAsync<T>(EventRecord line, Func<NpgsqlConnection, Task<T>> write) =>
        attempt.ReachAsync(scope, () => TransactAsync(line, write));

    private async Task<T> TransactAsync<T>(EventRecord line, Func<NpgsqlConnection, Task<T>> write)
    {
        await using var connection = await parts.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var events = await JobLog.FenceAndAppendAsync(connection, attempt.Pen, [line]);
        var result = await write(connection);
        await transaction.CommitAsync();
        attempt.Publish(events);
        parts.Files.Changes.Publish(Name);
        return result;
    }
}
