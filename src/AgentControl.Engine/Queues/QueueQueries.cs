using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace AgentControl.Engine.Queues;

/// <summary>A queue as people watch it.</summary>
/// <param name="Workers">In each worker process: what is stored, or else configured; null where only other processes' configuration knows.</param>
/// <param name="Depth">Jobs that wait for a worker now.</param>
/// <param name="OldestAgeSeconds">How long the oldest of them waits; null where none does.</param>
/// <param name="Processes">Live worker processes that serve it.</param>
public sealed record QueueView(
    string Name,
    int? Workers,
    bool Paused,
    long Depth,
    double? OldestAgeSeconds,
    long Running,
    long Waiting,
    int Processes,
    string? ChangedBy,
    DateTimeOffset? ChangedAt
);

/// <summary>Reads the lanes: what waits, what runs, who serves them.</summary>
public sealed class QueueQueries(IDbContextFactory<ControlDbContext> contexts, IOptions<QueueOptions> options)
{
    /// <summary>Every queue that has settings, unfinished jobs or a live process, by name.</summary>
    public Task<IReadOnlyList<QueueView>> ListAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(null, cancellationToken);

    /// <summary>One of them, without counting the others.</summary>
    public async Task<QueueView?> FindAsync(string name, CancellationToken cancellationToken = default) =>
        (await ReadAsync(name, cancellationToken)).SingleOrDefault();

    private async Task<IReadOnlyList<QueueView>> ReadAsync(string? only, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var queues = await db
            .Database.SqlQuery<QueueView>(
                $"""
                WITH served AS (
                  SELECT lane AS name, count(*) AS processes
                  FROM workers, unnest(queues) AS lane
                  WHERE stopped_at IS NULL AND last_heartbeat > ac_now() - make_interval(secs => {Workers.WorkerQueries.LostAfterSeconds})
                  GROUP BY lane
                ), lanes AS (
                  SELECT queue AS name, count(*) FILTER (WHERE state = 'queued') AS depth,
                         extract(epoch FROM ac_now() - min(queued_at) FILTER (WHERE state = 'queued'))::float8 AS oldest,
                         count(*) FILTER (WHERE state = 'running') AS running,
                         count(*) FILTER (WHERE state = 'waiting') AS waiting
                  FROM job_runs r WHERE r.label IN ('queued','running','waiting','needs_approval','retrying','recovering','pausing','cancelling') AND ({only}::text IS NULL OR queue = {only})
                  GROUP BY queue
                ), names AS (
                  SELECT name FROM served UNION SELECT name FROM lanes UNION SELECT name FROM queues WHERE name <> {QueueHold.Row}
                )
                SELECT n.name AS "Name", q.workers AS "Workers", COALESCE(q.paused, false) AS "Paused",
                       COALESCE(l.depth, 0) AS "Depth", CASE WHEN l.depth > 0 THEN greatest(l.oldest, 0) END AS "OldestAgeSeconds",
                       COALESCE(l.running, 0) AS "Running", COALESCE(l.waiting, 0) AS "Waiting",
                       COALESCE(s.processes, 0)::int AS "Processes", q.changed_by AS "ChangedBy", q.changed_at AS "ChangedAt"
                FROM names n LEFT JOIN served s USING (name) LEFT JOIN lanes l USING (name) LEFT JOIN queues q USING (name)
                WHERE {only}::text IS NULL OR n.name = {only}
                ORDER BY n.name
                """
            )
            .ToListAsync(cancellationToken);
        return [.. queues.Select(q => q with { Workers = q.Workers ?? Configured(q) })];
    }

    /// <summary>Queues that have or were given workers: configured here, stored by a person, or served by a live process. One that only jobs name is none of them.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var known = await db
            .Database.SqlQuery<string>(
                $"""
                SELECT lane AS "Value" FROM workers, unnest(queues) AS lane
                WHERE stopped_at IS NULL AND last_heartbeat > ac_now() - make_interval(secs => {Workers.WorkerQueries.LostAfterSeconds})
                UNION SELECT name FROM queues WHERE name <> {QueueHold.Row}
                """
            )
            .ToListAsync(cancellationToken);
        return
        [
            .. options
                .Value.Workers.Where(q => q.Value > 0)
                .Select(q => q.Key)
                .Union(known, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether everything is held, and since when.</summary>
    public async Task<HoldView> HoldAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await db.Set<QueueRow>()
            .AsNoTracking()
            .SingleOrDefaultAsync(q => q.Name == QueueHold.Row, cancellationToken);
        return new HoldView(row?.Paused == true, row?.ChangedBy, row?.ChangedAt);
    }

    private int? Configured(QueueView queue) =>
        options.Value.Workers.TryGetValue(queue.Name, out var workers) ? workers
        : queue.Processes == 0 ? 0
        : null;
}
