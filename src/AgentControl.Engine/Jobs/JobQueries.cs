using AgentControl.Core.Jobs;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workers;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Jobs;

/// <summary>Reads jobs for pages, REST, MCP and the live hub.</summary>
public sealed class JobQueries(IDbContextFactory<ControlDbContext> contexts, TimeProvider time)
{
    /// <summary>Newest first, if no other order is asked for. The page behind a cursor costs what the first one costs.</summary>
    public async Task<Page<JobSummary>> ListAsync(
        JobFilter filter,
        string? cursor = null,
        int limit = PageLimit.Default,
        JobSort order = JobSort.Newest,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var jobs = await db.Set<JobRow>()
            .AsNoTracking()
            .Matching(filter, now)
            .InOrderAsync(db, order, Cursor.ReadGuid(cursor), cancellationToken);
        var rows = await jobs.Take(limit + 1).Select(JobProjection.Columns).ToListAsync(cancellationToken);
        return Page<JobColumns>.Of(rows, limit, j => Cursor.Of(j.Id)).Select(j => JobProjection.Summary(j, now));
    }

    /// <summary>The first ones, oldest first: what has been under way for longest.</summary>
    public async Task<IReadOnlyList<JobSummary>> OldestAsync(
        JobFilter filter,
        int limit,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Set<JobRow>()
            .AsNoTracking()
            .Matching(filter, now)
            .OrderBy(j => j.Id)
            .Take(limit)
            .Select(JobProjection.Columns)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(j => JobProjection.Summary(j, now))];
    }

    /// <summary>Whether the text is a cursor that <see cref="ListAsync"/> gave out.</summary>
    public static bool IsCursor(string cursor) => Cursor.ReadGuid(cursor) is not null;

    /// <summary>The job with input and output.</summary>
    public async Task<JobView?> FindAsync(Guid id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var job = await db.Set<JobRow>()
            .AsNoTracking()
            .Include(j => j.Run)
            .Include(j => j.Result)
            .SingleOrDefaultAsync(j => j.Id == id, cancellationToken);
        return job is null ? null : JobProjection.View(job, time.GetUtcNow());
    }

    /// <summary>The job by its id or its short id, whichever the text is.</summary>
    public async Task<JobView?> FindAsync(string id, CancellationToken cancellationToken = default) =>
        await ResolveAsync(id, cancellationToken) is { } job ? await FindAsync(job.Id, cancellationToken) : null;

    /// <summary>One job without input and output.</summary>
    public async Task<JobSummary?> SummaryAsync(Guid id, CancellationToken cancellationToken = default) =>
        (await SummariesAsync([id], cancellationToken)).SingleOrDefault();

    /// <summary>These jobs, in no order; unknown ids are left out.</summary>
    public async Task<IReadOnlyList<JobSummary>> SummariesAsync(
        IReadOnlyCollection<Guid> ids,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Set<JobRow>()
            .AsNoTracking()
            .Where(j => ids.Contains(j.Id))
            .Select(JobProjection.Columns)
            .ToListAsync(cancellationToken);
        var now = time.GetUtcNow();
        return [.. rows.Select(j => JobProjection.Summary(j, now))];
    }

    /// <summary>The same jobs, the queued ones with what stands in their way: nobody serves their queue, or a job runs under their concurrency key.</summary>
    public async Task<IReadOnlyList<JobSummary>> ServedAsync(
        IReadOnlyList<JobSummary> summaries,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(summaries);
        var queued = summaries.Where(j => j.Label == "queued").Select(j => j.Id).ToArray();
        if (queued.Length == 0)
            return summaries;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var standing = await db
            .Database.SqlQueryRaw<QueuedJob>(
                $$"""
                SELECT r.job_id AS "Id", NOT EXISTS (SELECT 1 FROM workers w WHERE w.stopped_at IS NULL AND r.queue = ANY(w.queues)
                           AND w.last_heartbeat > ac_now() - make_interval(secs => {0})) AS "IsUnserved", {{ConcurrencyKeys.Holder}} AS "KeyHolder"
                  FROM job_runs r JOIN jobs j ON j.id = r.job_id WHERE r.job_id = ANY({1})
                """,
                WorkerQueries.LostAfterSeconds,
                queued
            )
            .ToDictionaryAsync(j => j.Id, cancellationToken);
        return
        [
            .. summaries.Select(j =>
                j.Label == "queued" && standing.TryGetValue(j.Id, out var stands)
                    ? j with
                    {
                        IsUnserved = stands.IsUnserved,
                        KeyHolder = stands.KeyHolder,
                    }
                    : j
            ),
        ];
    }

    /// <summary>Which job a text names, and the workspace whose roles count. Takes ids and short ids.</summary>
    public async Task<JobRef?> ResolveAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var jobs = db.Set<JobRow>().AsNoTracking();
        if (Guid.TryParse(id, out var guid))
            jobs = jobs.Where(j => j.Id == guid);
        else if (id.StartsWith(ShortId.Prefix, StringComparison.OrdinalIgnoreCase))
        {
            var shortId = ShortId.Prefix + id[ShortId.Prefix.Length..].ToUpperInvariant();
            jobs = jobs.Where(j => j.ShortId == shortId);
        }
        else
            return null;
        return await jobs.Select(j => new JobRef(j.Id, j.ShortId, j.Name, j.Workspace) { ParentId = j.ParentId })
            .SingleOrDefaultAsync(cancellationToken);
    }

    private sealed record QueuedJob(Guid Id, bool IsUnserved, string? KeyHolder);
}

/// <summary>A job's ids, and the workspace that it belongs to for ever.</summary>
public sealed record JobRef(Guid Id, string ShortId, string Name, string Workspace)
{
    public Guid? ParentId { get; init; }
}
