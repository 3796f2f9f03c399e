using System.Collections.Concurrent;
using AgentControl.Core.Jobs;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Jobs;

/// <summary>How many jobs match a filter, by label; the filter's own states and labels are left out, so that each label can be chosen.</summary>
/// <param name="ByLabel">Every label of <see cref="JobLabel.All"/>.</param>
/// <param name="At">When they were counted: large counts are kept for a few seconds.</param>
public sealed record JobCountsView(IReadOnlyDictionary<string, long> ByLabel, long Total, DateTimeOffset At);

/// <summary>Counts jobs by label for the chips above the list.</summary>
public sealed class JobCounts(IDbContextFactory<ControlDbContext> contexts, TimeProvider time)
{
    /// <summary>From here on a count is kept for <see cref="KeepFor"/>.</summary>
    public const int Large = 10_000;

    private const int MaxKept = 200;
    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, JobCountsView> kept = new(StringComparer.Ordinal);

    public async Task<JobCountsView> CountAsync(JobFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        filter = filter with { States = [], Labels = [] };
        var now = time.GetUtcNow();
        var key = Key(filter);
        if (kept.TryGetValue(key, out var known) && now - known.At < KeepFor)
            return known;
        var counts = await ReadAsync(filter, now, cancellationToken);
        if (kept.Count >= MaxKept)
            kept.Clear();
        if (counts.Total > Large)
            kept[key] = counts;
        return counts;
    }

    private async Task<JobCountsView> ReadAsync(
        JobFilter filter,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var runs =
            Key(filter) == Key(JobFilter.None)
                ? db.Set<JobRunRow>().AsNoTracking()
                : db.Set<JobRow>().AsNoTracking().Matching(filter, now).Select(j => j.Run);
        var found = await runs.GroupBy(r => r.Label)
            .Select(g => new { Label = g.Key, Count = g.LongCount() })
            .ToDictionaryAsync(g => g.Label, g => g.Count, StringComparer.Ordinal, cancellationToken);
        var byLabel = JobLabel.All.ToDictionary(l => l, l => found.GetValueOrDefault(l), StringComparer.Ordinal);
        return new(byLabel, byLabel.Values.Sum(), now);
    }

    private static string Key(JobFilter filter) =>
        string.Join(
            '\n',
            JobSearch.ToText(filter),
            filter.SubmittedAfter?.ToString("O"),
            filter.SubmittedBefore?.ToString("O"),
            filter.Visible is null ? "*" : string.Join(',', filter.Visible)
        );
}
