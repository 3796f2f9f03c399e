using AgentControl.Core.Json;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Checkpoints;

/// <summary>One saved version of a stashed value, without the value.</summary>
/// <param name="Version">1, 2, 3, … over all keys of the job.</param>
/// <param name="Step">The newest recorded step when it was saved.</param>
/// <param name="EventNo">The number of its event.</param>
public sealed record CheckpointView(
    string Key,
    int Version,
    DateTimeOffset At,
    long Bytes,
    string? Step,
    int Epoch,
    string? Worker,
    long EventNo
);

/// <summary>A saved version with its value.</summary>
public sealed record CheckpointValue(CheckpointView Checkpoint, RawJson Value);

/// <summary>Reads what agents stashed.</summary>
public sealed class CheckpointQueries(IDbContextFactory<ControlDbContext> contexts)
{
    /// <summary>All versions, newest first.</summary>
    /// <param name="key">Only the versions of this value.</param>
    public async Task<Page<CheckpointView>> ListAsync(
        Guid jobId,
        string? key = null,
        string? cursor = null,
        int limit = PageLimit.Default,
        CancellationToken cancellationToken = default
    )
    {
        var before = Cursor.ReadNumber(cursor) ?? int.MaxValue;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Set<CheckpointRow>()
            .AsNoTracking()
            .Where(c => c.JobId == jobId && c.Version < before && (key == null || c.Key == key))
            .OrderByDescending(c => c.Version)
            .Take(limit + 1)
            .Select(c => new CheckpointView(
                c.Key,
                c.Version,
                c.At,
                c.Value.Length,
                c.Step,
                c.Epoch,
                c.Worker,
                c.EventNo
            ))
            .ToListAsync(cancellationToken);
        return Page<CheckpointView>.Of(rows, limit, c => Cursor.Of(c.Version));
    }

    /// <summary>Whether the text is a cursor that <see cref="ListAsync"/> gave out.</summary>
    public static bool IsCursor(string cursor) => Cursor.ReadNumber(cursor) is not null;

    /// <summary>A value: its newest version, or the one that is asked for.</summary>
    public async Task<CheckpointValue?> FindAsync(
        Guid jobId,
        string key,
        int? version = null,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await db.Set<CheckpointRow>()
            .AsNoTracking()
            .Where(c => c.JobId == jobId && c.Key == key && (version == null || c.Version == version))
            .OrderByDescending(c => c.Version)
            .FirstOrDefaultAsync(cancellationToken);
        return row is null
            ? null
            : new(
                new(row.Key, row.Version, row.At, row.Value.Length, row.Step, row.Epoch, row.Worker, row.EventNo),
                new RawJson(row.Value)
            );
    }
}
