using AgentControl.Core.Jobs;
using AgentControl.Core.Services;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Services;

/// <summary>Reads services: their circuits, and how their calls went.</summary>
public sealed class ServiceQueries(IDbContextFactory<ControlDbContext> contexts, ServicePolicies policies)
{
    private const int Twelfths = 12;
    private const int MostWaiters = 20;

    /// <summary>Every service that is configured, was called in the window, is waited for, or has a circuit that was ever open; by name.</summary>
    public async Task<IReadOnlyList<ServiceView>> ListAsync(
        ServiceWindow? window = null,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await ViewsAsync(db, window ?? ServiceWindow.Hour, null, cancellationToken);
    }

    /// <summary>One of them, as it was in the last hour; null where there is none of that name.</summary>
    public async Task<ServiceView?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return (await ViewsAsync(db, ServiceWindow.Hour, name, cancellationToken)).FirstOrDefault();
    }

    /// <summary>One service and its window; null where there is none of that name.</summary>
    /// <param name="workspaces">Only jobs of these are told; null for all.</param>
    public async Task<ServiceDetail?> DetailAsync(
        string name,
        ServiceWindow window,
        IEnumerable<string>? workspaces,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(window);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if ((await ViewsAsync(db, window, name, cancellationToken)).FirstOrDefault() is not { } service)
            return null;
        var length = TimeSpan.FromMinutes(window.Minutes);
        var span = await db
            .Database.SqlQuery<SpanRow>(
                $"""SELECT date_bin({length}, ac_now(), 'epoch') - {window.Length} + {length} AS "From", ac_now() AS "To" """
            )
            .SingleAsync(cancellationToken);
        var buckets = await db
            .Database.SqlQuery<CountRow>(
                $"""
                SELECT service AS "Service", date_bin({length}, minute, 'epoch') AS "At", sum(calls) AS "Calls", sum(failures) AS "Failures",
                       sum(retries) AS "Retries", sum(fallbacks) AS "Fallbacks"
                FROM service_minutes WHERE service = {name} AND minute >= {span.From} GROUP BY 1, 2
                """
            )
            .ToDictionaryAsync(b => b.At, cancellationToken);
        var latency = await LatencyAsync(db, name, span.From, length, cancellationToken);
        var series = new List<ServiceBucket>();
        for (var at = span.From; at <= span.To; at += length)
        {
            var counted = buckets.GetValueOrDefault(at);
            series.Add(
                new(
                    at,
                    counted?.Calls ?? 0,
                    counted?.Failures ?? 0,
                    counted?.Retries ?? 0,
                    counted?.Fallbacks ?? 0,
                    Latency(latency[(name, at)])
                )
            );
        }
        return new(
            service,
            span.From,
            span.To,
            window.Minutes * 60,
            series,
            await ErrorsAsync(db, name, span.From, cancellationToken),
            await ChangesAsync(db, name, span.From, cancellationToken),
            await WaitersAsync(db, name, workspaces, cancellationToken)
        );
    }

    private async Task<List<ServiceView>> ViewsAsync(
        ControlDbContext db,
        ServiceWindow window,
        string? only,
        CancellationToken cancellationToken
    )
    {
        var configured = policies.Names.ToArray();
        var twelfth = window.Length / Twelfths;
        var rows = await db
            .Database.SqlQuery<Row>(
                $"""
                WITH called AS (
                  SELECT service AS name, sum(calls) FILTER (WHERE here) AS calls, sum(failures) FILTER (WHERE here) AS failures, sum(retries) FILTER (WHERE here) AS retries,
                         sum(fallbacks) FILTER (WHERE here) AS fallbacks, sum(calls) FILTER (WHERE NOT here) AS usual_calls, sum(retries) FILTER (WHERE NOT here) AS usual_retries
                    FROM (SELECT *, minute > ac_now() - {window.Length} AS here FROM service_minutes
                           WHERE minute > ac_now() - {window.Length} - interval '7 days' AND ({only}::text IS NULL OR service = {only})) m
                   GROUP BY service
                ), waited AS (
                  SELECT target AS name, count(*) AS waiting FROM waits WHERE kind = 'service' GROUP BY target
                ), names AS (
                  SELECT unnest({configured}) AS name UNION SELECT name FROM called WHERE calls > 0 UNION SELECT name FROM waited UNION SELECT name FROM circuits
                )
                SELECT n.name AS "Name", c.state AS "State", c.since AS "Since", c.until AS "Until", c.reason AS "Reason", c.changed_by AS "ChangedBy", ac_now() AS "Now",
                       COALESCE(d.calls, 0) AS "Calls", COALESCE(d.failures, 0) AS "Failures", COALESCE(d.retries, 0) AS "Retries",
                       COALESCE(d.fallbacks, 0) AS "Fallbacks", COALESCE(d.usual_calls, 0) AS "UsualCalls", COALESCE(d.usual_retries, 0) AS "UsualRetries",
                       COALESCE(w.waiting, 0) AS "Waiting"
                FROM names n LEFT JOIN circuits c USING (name) LEFT JOIN called d USING (name) LEFT JOIN waited w USING (name)
                WHERE {only}::text IS NULL OR n.name = {only}
                ORDER BY n.name
                """
            )
            .ToListAsync(cancellationToken);
        if (rows.Count == 0)
            return [];
        var since = rows[0].Now - window.Length;
        var trends = (
            await db
                .Database.SqlQuery<CountRow>(
                    $"""
                    SELECT service AS "Service", date_bin({twelfth}, minute, {since}) AS "At", sum(calls) AS "Calls", sum(failures) AS "Failures",
                           sum(retries) AS "Retries", sum(fallbacks) AS "Fallbacks"
                    FROM service_minutes WHERE minute > {since} AND ({only}::text IS NULL OR service = {only}) GROUP BY 1, 2
                    """
                )
                .ToListAsync(cancellationToken)
        ).ToLookup(t => t.Service);
        var latency = await LatencyAsync(db, only, since, window.Length * 2, cancellationToken);
        var byService = latency.SelectMany(g => g).ToLookup(r => r.Service);
        return
        [
            .. rows.Select(r =>
                View(
                    r,
                    Latency(byService[r.Name]),
                    [.. Enumerable.Range(0, Twelfths).Select(n => Rate(trends[r.Name], since + (n * twelfth)))]
                )
            ),
        ];
    }

    private ServiceView View(Row row, LatencyView? latency, IReadOnlyList<double?> trend) =>
        new(
            row.Name,
            new CircuitView(CircuitView.StateOf(row.State), row.Since, row.Until, row.Reason, row.ChangedBy),
            row.Calls,
            row.Failures,
            row.Retries,
            Rate(row.Retries, row.Calls, 1),
            Rate(row.UsualRetries, row.UsualCalls, 100),
            latency,
            row.Fallbacks,
            row.Waiting,
            trend,
            policies.Of(row.Name)
        );

    private static double? Rate(long retries, long calls, long least) => calls < least ? null : 100.0 * retries / calls;

    private static double? Rate(IEnumerable<CountRow> counts, DateTimeOffset at) =>
        counts.FirstOrDefault(c => c.At == at) is { } here ? Rate(here.Retries, here.Calls, 1) : null;

    private static async Task<ILookup<(string Service, DateTimeOffset At), LatencyRow>> LatencyAsync(
        ControlDbContext db,
        string? only,
        DateTimeOffset since,
        TimeSpan length,
        CancellationToken cancellationToken
    ) =>
        (
            await db
                .Database.SqlQuery<LatencyRow>(
                    $"""
                    SELECT service AS "Service", date_bin({length}, minute, 'epoch') AS "At", n::int AS "Bucket", sum(v) AS "Calls"
                    FROM service_minutes m, unnest(m.latency) WITH ORDINALITY AS x (v, n)
                    WHERE minute >= {since} AND v > 0 AND ({only}::text IS NULL OR service = {only}) GROUP BY 1, 2, 3
                    """
                )
                .ToListAsync(cancellationToken)
        ).ToLookup(r => (r.Service, r.At));

    private static LatencyView? Latency(IEnumerable<LatencyRow> rows)
    {
        var counts = new long[LatencyHistogram.Buckets];
        foreach (var row in rows)
            counts[row.Bucket - 1] += row.Calls;
        return LatencyHistogram.Percentile(counts, 0.5) is { } median
            ? new(median, LatencyHistogram.Percentile(counts, 0.95)!.Value)
            : null;
    }

    private static async Task<IReadOnlyList<ServiceErrorView>> ErrorsAsync(
        ControlDbContext db,
        string name,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) =>
        await db
            .Database.SqlQuery<ServiceErrorView>(
                $"""
                SELECT kind AS "Kind", sum(calls) AS "Calls", (array_agg(reason ORDER BY minute DESC))[1] AS "Reason", max(minute) AS "LastAt"
                FROM service_errors WHERE service = {name} AND minute >= {since} GROUP BY kind ORDER BY 2 DESC, kind
                """
            )
            .ToListAsync(cancellationToken);

    private static async Task<IReadOnlyList<CircuitChangeView>> ChangesAsync(
        ControlDbContext db,
        string name,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var rows = await db
            .Database.SqlQuery<CircuitChangeView>(
                $"""
                SELECT at AS "At", state AS "State", reason AS "Reason", changed_by AS "ChangedBy" FROM circuit_changes
                WHERE service = {name} AND at >= COALESCE((SELECT max(at) FROM circuit_changes WHERE service = {name} AND at < {since}), {since})
                ORDER BY at, id
                """
            )
            .ToListAsync(cancellationToken);
        return [.. rows.Select(r => r with { State = CircuitView.StateOf(r.State) })];
    }

    private static async Task<IReadOnlyList<ServiceWaiter>> WaitersAsync(
        ControlDbContext db,
        string name,
        IEnumerable<string>? workspaces,
        CancellationToken cancellationToken
    )
    {
        var seen = workspaces?.ToArray();
        var rows = await db
            .Database.SqlQuery<WaiterRow>(
                $"""
                SELECT w.job_id AS "JobId", j.name AS "Name", min(w.since) AS "Since", min(w.due_at) AS "DueAt"
                FROM waits w JOIN jobs j ON j.id = w.job_id
                WHERE w.kind = 'service' AND w.target = {name} AND ({seen}::text[] IS NULL OR j.workspace = ANY({seen}))
                GROUP BY w.job_id, j.name ORDER BY 3, 1 LIMIT {MostWaiters}
                """
            )
            .ToListAsync(cancellationToken);
        return [.. rows.Select(r => new ServiceWaiter(r.JobId, ShortId.Of(r.JobId), r.Name, r.Since, r.DueAt))];
    }

    private sealed record Row(
        string Name,
        string? State,
        DateTimeOffset? Since,
        DateTimeOffset? Until,
        string? Reason,
        string? ChangedBy,
        DateTimeOffset Now,
        long Calls,
        long Failures,
        long Retries,
        long Fallbacks,
        long UsualCalls,
        long UsualRetries,
        long Waiting
    );

    private sealed record SpanRow(DateTimeOffset From, DateTimeOffset To);

    private sealed record CountRow(
        string Service,
        DateTimeOffset At,
        long Calls,
        long Failures,
        long Retries,
        long Fallbacks
    );

    private sealed record LatencyRow(string Service, DateTimeOffset At, int Bucket, long Calls);

    private sealed record WaiterRow(Guid JobId, string Name, DateTimeOffset Since, DateTimeOffset? DueAt);
}
