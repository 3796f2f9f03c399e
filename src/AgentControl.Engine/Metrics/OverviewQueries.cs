using AgentControl.Engine.Jobs;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Metrics;

/// <summary>The tiles of the overview, over the last 24 hours.</summary>
/// <param name="CompletionRate">succeeded / (succeeded + failed), 0 to 1; null while nothing ended.</param>
/// <param name="MedianSeconds">Submitted to finished, of those that succeeded.</param>
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
        var day = await db
            .Database.SqlQuery<DayLine>(
                $"""
                SELECT count(*) FILTER (WHERE r.state = 'succeeded') AS "Succeeded",
                       count(*) FILTER (WHERE r.state = 'failed') AS "Failed",
                       count(*) FILTER (WHERE r.finished_at > ac_now() - interval '1 hour') AS "LastHour",
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.finished_at - j.submitted_at)::float8)
                         FILTER (WHERE r.state = 'succeeded') AS "Median"
                FROM job_runs r JOIN jobs j ON j.id = r.job_id
                WHERE r.finished_at > ac_now() - interval '24 hours' AND j.parent_id IS NULL
                """
            )
            .SingleAsync(cancellationToken);
        var labels = (await counts.CountAsync(JobFilter.None, cancellationToken)).ByLabel;
        var ended = day.Succeeded + day.Failed;
        var tiles = new OverviewTiles(
            ended == 0 ? null : (double)day.Succeeded / ended,
            day.Median,
            day.LastHour,
            labels["queued"],
            labels["running"],
            day.Succeeded,
            day.Failed,
            now
        );
        Volatile.Write(ref kept, tiles);
        return tiles;
    }

    private sealed record DayLine(long Succeeded, long Failed, long LastHour, double? Median);
}
