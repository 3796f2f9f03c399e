using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Jobs.Bulk;

/// <summary>Reads actions upon many jobs, and what became of each.</summary>
public sealed class BulkQueries(IDbContextFactory<ControlDbContext> contexts)
{
    public async Task<BulkView?> FindAsync(Guid id, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (
            await context.Set<BulkRow>().AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken)
            is not { } row
        )
            return null;
        var counts = await context
            .Set<BulkItemRow>()
            .Where(i => i.BulkId == id)
            .GroupBy(i => i.Outcome)
            .Select(g => new { Outcome = g.Key, Count = g.Count() })
            .ToListAsync(cancellationToken);
        int Of(Func<string?, bool> which) => counts.Where(c => which(c.Outcome)).Sum(c => c.Count);
        return new BulkView(
            row.Id,
            row.Action,
            row.Tag,
            row.Reason,
            row.Query,
            row.ActorName,
            row switch
            {
                { StartedAt: null } => "asked",
                { AbortedAt: not null } => "aborted",
                { FinishedAt: not null } => "done",
                _ => "running",
            },
            row.Total,
            Of(o => o == "done"),
            Of(o => o is "refused" or "gone"),
            Of(o => o is null),
            row.CreatedAt,
            row.StartedAt,
            row.FinishedAt,
            row.AbortedBy
        );
    }

    /// <summary>In the order of the set.</summary>
    /// <param name="outcome">Only these; null takes all.</param>
    /// <param name="visible">The workspaces that the caller may look into; null means all of them.</param>
    /// <param name="after">The last position of the page before.</param>
    public async Task<IReadOnlyList<BulkItemView>> ItemsAsync(
        Guid id,
        string? outcome,
        IReadOnlyCollection<string>? visible,
        int after,
        int limit,
        CancellationToken cancellationToken = default
    )
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var items = context.Set<BulkItemRow>().AsNoTracking().Where(i => i.BulkId == id && i.Position > after);
        if (outcome is not null)
            items = items.Where(i => i.Outcome == outcome);
        var jobs = context.Set<JobRow>().AsNoTracking();
        if (visible is not null)
            jobs = jobs.Where(j => visible.Contains(j.Workspace));
        return await items
            .Join(jobs, i => i.JobId, j => j.Id, (i, j) => new { Item = i, Job = j })
            .OrderBy(r => r.Item.Position)
            .Take(limit)
            .Select(r => new BulkItemView(
                r.Item.Position,
                r.Job.Id,
                r.Job.ShortId,
                r.Job.Name,
                r.Item.Outcome,
                r.Item.Message
            ))
            .ToListAsync(cancellationToken);
    }
}
