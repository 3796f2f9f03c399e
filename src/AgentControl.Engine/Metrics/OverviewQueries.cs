using AgentControl.Engine.Jobs;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Metrics;

/// <summary>The tiles of the overview, over the last 24 hours.</summary>
/// <param name="CompletionRate">succeeded / (succeeded + failed), 0 to 1; null while nothing ended.</param>
/// <param name="MedianSeconds">Submitted to finished, of those that succeeded or failed.</param>
/// <param name="JobsPerHour">Ended in the last hour.</param>
public sealed record OverviewTiles(
    double? CompletionRate,
    double? MedianSeconds,
    long JobsPerHour,
    long Queued,
    long Running,
    long Succeeded,
    long Failed,
    DateTimeOffset At
);

/// <summary>Reads the tiles; all watchers of a process share one answer for a few seconds.</summary>
public sealed class OverviewQueries(IDbContextFactory<ControlDbContext> contexts, JobCounts counts, TimeProvider time)
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(5);
    private OverviewTiles? kept;

    public async Task<OverviewTiles> TilesAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        if (Volatile.Read(ref kept) is { } known && now - known.At < KeepFor)
            return known;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var end = await db
            .Database.SqlQuery<DateTimeOffset>($"""SELECT ac_now() AS "Value" """)
            .SingleAsync(cancellationToken);
        var day = await TotalsAsync(db, new(end - TimeSpan.FromHours(24), end), cancellationToken);
        var hour = await TotalsAsync(db, new(end - TimeSpan.FromHours(1), end), cancellationToken);
        var labels = (await counts.CountAsync(JobFilter.None, cancellationToken)).ByLabel;
        var tiles = new OverviewTiles(
            day?.Counts.CompletionRate,
            day?.Seconds.Median,
            hour?.Counts.Ended ?? 0,
            labels["queued"],
            labels["running"],
            day?.Succeeded ?? 0,
            day?.Failed ?? 0,
            now
        );
        Volatile.Write(ref kept, tiles);
        return tiles;
    }

    private static async Task<MetricReads.TaskLine?> TotalsAsync(
        ControlDbContext db,
        MetricWindow window,
        CancellationToken cancellationToken
    ) => (await MetricReads.TasksAsync(db, new(window), window.From, cancellationToken)).Find(t => t.Agent is null);
}
