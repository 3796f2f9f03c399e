using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Engine.Checkpoints;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Jobs;

/// <summary>A job's checkpoints and progress as files of its workspace, made from the database when they are read.</summary>
internal sealed class JobFiles(
    IDbContextFactory<ControlDbContext> contexts,
    ProgressQueries progress,
    CheckpointQueries checkpoints
) : IVirtualFiles
{
    private const string WrittenBy = "AgentControl";

    public async Task<VirtualFile?> FindAsync(string workspace, VirtualName name, CancellationToken cancellationToken)
    {
        if (!await IsHereAsync(workspace, name.JobId, cancellationToken))
            return null;
        if (name.CheckpointKey is { } key)
            return await checkpoints.FindAsync(name.JobId, key, cancellationToken: cancellationToken) is { } saved
                ? Checkpoint(
                    name.JobId,
                    saved.Checkpoint,
                    JsonSerializer.SerializeToUtf8Bytes(saved.Value, JournalJson.Options)
                )
                : null;
        return await ProgressAsync(name.JobId, cancellationToken);
    }

    public async Task<IReadOnlyList<VirtualFile>> ListAsync(
        string workspace,
        Guid jobId,
        CancellationToken cancellationToken
    )
    {
        if (
            !await IsHereAsync(workspace, jobId, cancellationToken)
            || await ProgressAsync(jobId, cancellationToken) is not { } document
        )
            return [];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var newest = await db.Set<CheckpointRow>()
            .AsNoTracking()
            .Where(c => c.JobId == jobId)
            .GroupBy(c => c.Key)
            .Select(g => g.OrderByDescending(c => c.Version).First())
            .ToListAsync(cancellationToken);
        return
        [
            document,
            .. newest.Select(c =>
                Checkpoint(
                    jobId,
                    new(c.Key, c.Version, c.At, c.Value.Length, c.Step, c.Epoch, c.Worker, c.EventNo),
                    c.Value
                )
            ),
        ];
    }

    private async Task<VirtualFile?> ProgressAsync(Guid jobId, CancellationToken cancellationToken)
    {
        if (await progress.FindAsync(jobId, cancellationToken) is not { } document)
            return null;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(document, JournalJson.Options);
        return new VirtualFile(VirtualName.Progress(jobId), bytes, bytes.Length, 1, document.UpdatedAt, WrittenBy);
    }

    private static VirtualFile Checkpoint(Guid jobId, CheckpointView saved, byte[] value) =>
        new(
            VirtualName.Checkpoint(jobId, saved.Key),
            value,
            value.Length,
            saved.Version,
            saved.At,
            saved.Worker ?? WrittenBy
        );

    private async Task<bool> IsHereAsync(string workspace, Guid jobId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Set<JobRow>().AnyAsync(j => j.Id == jobId && j.Workspace == workspace, cancellationToken);
    }
}
