using System.Collections.Concurrent;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Metrics;

/// <summary>Reads the tiles; all watchers of a process who see the same jobs share one answer for a few seconds.</summary>
public sealed class OverviewQueries(IDbContextFactory<ControlDbContext> contexts, JobCounts counts, TimeProvider time)
{
    /// <summary>So old an answer may be.</summary>
    public static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(5);

    private const int MaxKept = 100;
    private readonly ConcurrentDictionary<string, OverviewTiles> kept = new(StringComparer.Ordinal);

    /// <param name="range">24h, 7d or 30d; any other word means the day.</param>
    /// <param name="visible">The workspaces that the caller may see; null for all.</param>
    public async Task<OverviewTiles> TilesAsync(
        string range,
        IReadOnlyCollection<string>? visible,
        CancellationToken cancellationToken = default
    )
    {
        var now = time.GetUtcNow();
        var key = $"{range}\n{(visible is null ? "*" : string.Join('\n', visible))}";
        if (kept.TryGetValue(key, out var known) && now - known.At < KeepFor)
            return known;
        var tiles = await ReadAsync(range, visible, now, cancellationToken);
        if (kept.Count >= MaxKept)
            kept.Clear();
        kept[key] = tiles;
        return tiles;
    }

    private async Task<OverviewTiles> ReadAsync(
        string range,
        IReadOnlyCollection<string>? visible,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var end = await db
            .Database.SqlQuery<DateTimeOffset>($"""SELECT ac_now() AS "Value" """)
            .SingleAsync(cancellationToken);
        var window = MetricWindow.Last(range, end) ?? MetricWindow.Last(MetricWindow.Day, end)!;
        var whole = (
            await MetricReads.TasksAsync(db, new(window, Visible: visible), window.From, cancellationToken)
        ).Find(t => t.Agent is null);
        var sketched = window.Sketched();
        var parts = (
            await MetricReads.TaskBucketsAsync(db, new(sketched, Visible: visible), window.From, cancellationToken)
        ).ToDictionary(t => t.At!.Value);
        var labels = (await counts.CountAsync(new JobFilter { Visible = visible }, cancellationToken)).ByLabel;
        return new(
            window.Name!,
            whole?.Counts ?? TaskCounts.None,
            whole?.Seconds.Median,
            (whole?.Counts.Ended ?? 0) / window.Length.TotalHours,
            labels["queued"],
            labels["running"],
            Sketch(part => part.Counts.CompletionRate),
            Sketch(part => part.Seconds.Median),
            now
        );

        IReadOnlyList<double?> Sketch(Func<MetricReads.TaskLine, double?> valueOf)
        {
            var points = new List<double?>();
            for (var at = sketched.FirstBucket; at < sketched.To; at += sketched.Bucket)
                points.Add(parts.TryGetValue(at, out var part) ? valueOf(part) : null);
            return points;
        }
    }
}
