using AgentControl.Core.Metrics;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Metrics;

/// <summary>Reads the four metrics: over a span of time and bucket by bucket.</summary>
public sealed class MetricQueries(IDbContextFactory<ControlDbContext> contexts)
{
    /// <summary>The time by which everything is measured: the database's.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db
            .Database.SqlQuery<DateTimeOffset>($"""SELECT ac_now() AS "Value" """)
            .SingleAsync(cancellationToken);
    }

    public async Task<MetricSummary> SummaryAsync(MetricScope scope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var since = scope.Window.Previous.From;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var tasks = await MetricReads.TasksAsync(db, scope, since, cancellationToken);
        var use = await MetricReads.UseAsync(db, scope, since, cancellationToken);
        var recoveries = await MetricReads.RecoveriesAsync(db, scope, since, cancellationToken);
        return new(
            scope.Window,
            scope.Agent,
            Numbers(true),
            Numbers(false),
            [
                .. tasks
                    .Where(t => t is { Here: true, Agent: not null })
                    .OrderBy(t => t.Agent, StringComparer.Ordinal)
                    .Select(t => new AgentTasks(t.Agent!, t.Counts, t.Seconds)),
            ]
        );

        MetricNumbers Numbers(bool here)
        {
            var all = tasks.Find(t => t.Here == here && t.Agent is null);
            var recovered = recoveries.Find(r => r.Here == here);
            return new(
                all?.Counts ?? TaskCounts.None,
                all?.Seconds ?? TaskDurations.None,
                [
                    .. use.Where(u => u.Here == here)
                        .Select(u => new ServiceRetries(u.Service, u.Calls, u.Retries))
                        .OrderByDescending(u => u.Retries)
                        .ThenByDescending(u => u.Calls)
                        .ThenBy(u => u.Service, StringComparer.Ordinal),
                ],
                recovered is null
                    ? RecoveryCounts.None
                    : new(recovered.Count, recovered.Jobs, recovered.Finished, recovered.Succeeded)
            );
        }
    }

    /// <param name="only">Lines of this metric alone; null for all.</param>
    public async Task<MetricSeries> SeriesAsync(
        MetricScope scope,
        string? only = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(scope);
        var window = scope.Window;
        var since = window.FirstBucket.AddDays(-UsualDays.Days);
        var tasks = new Dictionary<(DateTimeOffset, bool), MetricReads.TaskLine>();
        var use = new List<MetricReads.UseLine>();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (only is null or not MetricWords.Retries)
            tasks = (await MetricReads.TaskBucketsAsync(db, scope, since, cancellationToken)).ToDictionary(t =>
                (t.At!.Value, t.Here)
            );
        if (only is null or MetricWords.Retries or MetricWords.Recoveries)
            use = await MetricReads.UseBucketsAsync(db, scope, since, cancellationToken);
        var lines = new MetricLines(window);
        if (only is null or MetricWords.Completion)
            lines.Add(
                MetricWords.Completion,
                MetricWords.Rate,
                MetricScale.Share,
                bucket =>
                    tasks.GetValueOrDefault(bucket) is { } t ? (t.Counts.CompletionRate, t.Counts.Counted) : default
            );
        if (only is null or MetricWords.Duration)
            lines.AddDurations(bucket => tasks.GetValueOrDefault(bucket));
        if (only is null or MetricWords.Retries)
            lines.AddRetries(use);
        if (only is null or MetricWords.Recoveries)
        {
            var recovered = (await MetricReads.RecoveryBucketsAsync(db, scope, since, cancellationToken)).ToDictionary(
                r => (r.At!.Value, r.Here),
                r => r.Count
            );
            var called = use.Select(u => (u.At!.Value, u.Here)).ToHashSet();
            // Where nothing ended and nothing was called there was nobody to recover: a gap, and no zero.
            lines.Add(
                MetricWords.Recoveries,
                MetricWords.Count,
                MetricScale.Count,
                bucket =>
                    recovered.TryGetValue(bucket, out var count) || tasks.ContainsKey(bucket) || called.Contains(bucket)
                        ? ((double?)count, count)
                        : default
            );
        }
        return new(window, scope.Agent, lines.All);
    }
}
