using System.Collections.Concurrent;
using AgentControl.Engine.Services;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Metrics;

/// <summary>
/// Reads what the wall shows and no other page does. Each statement finds its rows by an index; the numbers of the day are counted
/// once in a few seconds for all walls of a process.
/// </summary>
public sealed class WallQueries(
    IDbContextFactory<ControlDbContext> contexts,
    ServicePolicies policies,
    TimeProvider time
)
{
    private const int HoursOfDay = 24;
    private const int MaxKept = 100;
    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, (WallDay Day, DateTimeOffset At)> kept = new(StringComparer.Ordinal);

    /// <summary>Jobs that move: the odd ones first, then those over their estimate, then those that are done soonest.</summary>
    /// <param name="labels">The labels of jobs that move.</param>
    /// <param name="visible">The workspaces that the caller may see; null for all.</param>
    public async Task<IReadOnlyList<Guid>> MovingAsync(
        string[] labels,
        IReadOnlyCollection<string>? visible,
        int most,
        CancellationToken cancellationToken
    )
    {
        var seen = visible?.ToArray();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db
            .Database.SqlQuery<Guid>(
                $"""
                SELECT job_id AS "Value" FROM (
                  SELECT r.job_id, r.anomalies > 0 AS odd,
                         CASE WHEN r.label = 'running' AND r.progress_completed > 0 AND r.progress_total > 0 THEN
                           r.updated_at + make_interval(secs => greatest(0, r.progress_total - r.progress_completed) * 1.0 / r.progress_completed
                             * (r.worked_ms / 1000.0 + coalesce(extract(epoch FROM ac_now() - r.leased_at), 0))) END AS ends
                    FROM job_runs r JOIN jobs j ON j.id = r.job_id
                   WHERE ac_label(r.state, r.recovering, r.cancel_requested, r.pause_requested, r.backing_off, r.waiting_kind, r.outcome) = ANY({labels})
                     AND ({seen}::text[] IS NULL OR j.workspace = ANY({seen}))
                ) m
                ORDER BY odd DESC, coalesce(ends < ac_now(), false) DESC, ends NULLS LAST, job_id LIMIT {most}
                """
            )
            .ToListAsync(cancellationToken);
    }

    /// <summary>Open questions, the nearest deadline first, then the oldest.</summary>
    public async Task<WallRequests> RequestsAsync(
        IReadOnlyCollection<string>? visible,
        int most,
        CancellationToken cancellationToken
    )
    {
        var seen = visible?.ToArray();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db
            .Database.SqlQuery<RequestRow>(
                $"""
                WITH open AS MATERIALIZED (
                  SELECT id, requested_at, row_number() OVER (ORDER BY deadline NULLS LAST, requested_at, id) AS place
                    FROM approvals WHERE state = 'pending' AND ({seen}::text[] IS NULL OR workspace = ANY({seen}))
                )
                SELECT a.id AS "Id", a.title AS "Title", j.short_id AS "JobShortId", j.agent AS "Agent", a.required AS "Required", a.requested_at AS "RequestedAt", a.deadline AS "Deadline",
                       (SELECT count(*) FROM approval_votes v WHERE v.approval_id = a.id AND v.revision = a.revision AND v.decision = 'approve')::int AS "Votes",
                       (SELECT count(*) FROM open) AS "InAll", (SELECT min(o.requested_at) FROM open o WHERE o.place > {most}) AS "OldestOfRest"
                  FROM open JOIN approvals a USING (id) JOIN jobs j ON j.id = a.job_id WHERE open.place <= {most} ORDER BY open.place
                """
            )
            .ToListAsync(cancellationToken);
        return rows.Count == 0
            ? WallRequests.None
            : new(
                [
                    .. rows.Select(r => new WallRequest(
                        r.Id,
                        r.Title,
                        r.JobShortId,
                        r.Agent,
                        r.Votes,
                        r.Required,
                        r.RequestedAt,
                        r.Deadline
                    )),
                ],
                rows[0].InAll,
                rows[0].OldestOfRest
            );
    }

    /// <summary>Services are found by steps from name to name in their index, never by reading their minutes.</summary>
    public async Task<WallServices> ServicesAsync(CancellationToken cancellationToken)
    {
        var configured = policies.Names.ToArray();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db
            .Database.SqlQuery<ServiceRow>(
                $"""
                WITH RECURSIVE counted AS (
                  (SELECT service FROM service_minutes ORDER BY service LIMIT 1)
                  UNION ALL
                  SELECT (SELECT m.service FROM service_minutes m WHERE m.service > c.service ORDER BY m.service LIMIT 1) FROM counted c WHERE c.service IS NOT NULL
                ), names AS (
                  SELECT unnest({configured}) AS name
                  UNION SELECT service FROM counted WHERE EXISTS (SELECT FROM service_minutes m WHERE m.service = counted.service AND m.minute > ac_now() - interval '1 hour')
                  UNION SELECT name FROM circuits WHERE state <> 'closed'
                )
                SELECT n.name AS "Name", c.state AS "State", c.since AS "Since" FROM names n LEFT JOIN circuits c USING (name) ORDER BY n.name
                """
            )
            .ToListAsync(cancellationToken);
        return new(
            [
                .. rows.Where(r => r.State is not null and not "closed")
                    .Select(r => new WallCircuit(r.Name, CircuitView.StateOf(r.State), r.Since!.Value)),
            ],
            [.. rows.Select(r => r.Name)]
        );
    }

    public async Task<WallDay> DayAsync(IReadOnlyCollection<string>? visible, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var key = visible is null ? "*" : string.Join('\n', visible);
        if (kept.TryGetValue(key, out var known) && now - known.At < KeepFor)
            return known.Day;
        var day = await ReadDayAsync(visible?.ToArray(), cancellationToken);
        if (kept.Count >= MaxKept)
            kept.Clear();
        kept[key] = (day, now);
        return day;
    }

    private async Task<WallDay> ReadDayAsync(string[]? seen, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        // Top jobs alone, as in the overview: the documents of a batch do not count one by one.
        var rows = await db
            .Database.SqlQuery<HourRow>(
                $"""
                SELECT floor(extract(epoch FROM ac_now() - finished_at) / 3600)::int AS "Ago", count(*) AS "Ended",
                       count(*) FILTER (WHERE label = 'completed') AS "Succeeded", count(*) FILTER (WHERE label IN ('failed', 'timed_out')) AS "Failed"
                  FROM ended_tasks WHERE finished_at > ac_now() - interval '24 hours' AND ({seen}::text[] IS NULL OR workspace = ANY({seen}))
                 GROUP BY 1
                """
            )
            .ToListAsync(cancellationToken);
        var oldest = await db
            .Database.SqlQuery<DateTimeOffset?>(
                $"""
                SELECT min(r.queued_at) AS "Value" FROM job_runs r JOIN jobs j ON j.id = r.job_id
                 WHERE ac_label(r.state, r.recovering, r.cancel_requested, r.pause_requested, r.backing_off, r.waiting_kind, r.outcome) = 'queued'
                   AND ({seen}::text[] IS NULL OR j.workspace = ANY({seen}))
                """
            )
            .SingleAsync(cancellationToken);
        var hours = Enumerable
            .Range(1, HoursOfDay)
            .Select(n =>
                rows.Find(r => Math.Max(0, r.Ago) == HoursOfDay - n) is { } r
                    ? new WallHour(r.Succeeded, r.Failed, r.Ended)
                    : new WallHour(0, 0, 0)
            );
        return new([.. hours], oldest);
    }

    private sealed record RequestRow(
        Guid Id,
        string Title,
        string JobShortId,
        string Agent,
        int Votes,
        int Required,
        DateTimeOffset RequestedAt,
        DateTimeOffset? Deadline,
        long InAll,
        DateTimeOffset? OldestOfRest
    );

    private sealed record ServiceRow(string Name, string? State, DateTimeOffset? Since);

    private sealed record HourRow(int Ago, long Ended, long Succeeded, long Failed);
}
