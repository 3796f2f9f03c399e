using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Jobs;

/// <summary>The orders of a list of jobs, each read along an index from the place where the page before ended.</summary>
internal static class JobSorts
{
    /// <summary>The collation of the index on names: the same in every database.</summary>
    public const string ByBytes = "C";

    /// <param name="after">The last job of the page before; one that is gone begins at the first page.</param>
    public static async Task<IQueryable<JobRow>> InOrderAsync(
        this IQueryable<JobRow> jobs,
        ControlDbContext db,
        JobSort order,
        Guid? after,
        CancellationToken cancellationToken
    ) =>
        order switch
        {
            JobSort.Oldest => (after is { } last ? jobs.Where(j => j.Id.CompareTo(last) > 0) : jobs).OrderBy(j => j.Id),
            JobSort.Name => ByName(jobs, after, await NameAsync(db, after, cancellationToken)),
            _ => (after is { } last ? jobs.Where(j => j.Id.CompareTo(last) < 0) : jobs).OrderByDescending(j => j.Id),
        };

#pragma warning disable CA1304, CA1311, CA1862, MA0011, MA0074, RCS1155 // translated to lower() in SQL, which the index is made on
    private static IQueryable<JobRow> ByName(IQueryable<JobRow> jobs, Guid? after, string? name)
    {
        if (after is { } last && name is not null)
        {
            // The first condition is where the index begins; the second leaves out what the page before had.
            jobs = jobs.Where(j => EF.Functions.Collate(j.Name.ToLower(), ByBytes).CompareTo(name) >= 0)
                .Where(j =>
                    EF.Functions.Collate(j.Name.ToLower(), ByBytes).CompareTo(name) > 0 || j.Id.CompareTo(last) < 0
                );
        }
        return jobs.OrderBy(j => EF.Functions.Collate(j.Name.ToLower(), ByBytes)).ThenByDescending(j => j.Id);
    }

    private static async Task<string?> NameAsync(ControlDbContext db, Guid? id, CancellationToken cancellationToken) =>
        id is null
            ? null
            : await db.Set<JobRow>()
                .Where(j => j.Id == id)
                .Select(j => j.Name.ToLower())
                .SingleOrDefaultAsync(cancellationToken);
#pragma warning restore CA1304, CA1311, CA1862, MA0011, MA0074, RCS1155
}
