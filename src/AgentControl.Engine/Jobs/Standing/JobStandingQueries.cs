using AgentControl.Engine.Queues;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workers;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Jobs.Standing;

/// <summary>Reads why a job stands still.</summary>
public sealed class JobStandingQueries(IDbContextFactory<ControlDbContext> contexts, QueueQueries queues)
{
    /// <summary>Waits and steps that are listed at most.</summary>
    public const int MaxWaits = 20;

    /// <summary>Places in a queue that are counted at most.</summary>
    public const int MaxBefore = 10_000;

    /// <summary>Null for a job that runs, has ended or does not exist.</summary>
    public async Task<JobStanding?> FindAsync(Guid job, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var run = await db.Set<JobRow>()
            .AsNoTracking()
            .Where(j => j.Id == job)
            .Select(j => new
            {
                j.Run.State,
                j.Run.Queue,
                j.Run.PauseRequested,
                j.Run.CancelRequested,
                j.Run.Epoch,
                j.Run.Resume,
                j.Run.QueuedAt,
                j.TtlSeconds,
                j.DeadlineAt,
                j.ConcurrencyKey,
            })
            .SingleOrDefaultAsync(cancellationToken);
        return run?.State switch
        {
            "queued" => new()
            {
                Queue = await QueueAsync(db, job, run.Queue, run.ConcurrencyKey, cancellationToken),
                GivenUpAt =
                    run.TtlSeconds is { } seconds && run.Epoch == 0 && !run.Resume
                        ? Earlier(run.DeadlineAt, run.QueuedAt.AddSeconds(seconds))
                        : run.DeadlineAt,
            },
            "scheduled" => new() { GivenUpAt = run.DeadlineAt },
            "waiting" or "paused" => new()
            {
                Waits = await WaitsAsync(db, job, cancellationToken),
                WaitCount = await db.Set<Waits.WaitRow>().CountAsync(w => w.JobId == job, cancellationToken),
                GivenUpAt = run.DeadlineAt,
            },
            "running" when run.PauseRequested || run.CancelRequested => new()
            {
                Steps = await db.Set<Steps.StepRow>()
                    .Where(s => s.JobId == job && s.State == "running")
                    .OrderBy(s => s.StartedAt)
                    .Take(MaxWaits)
                    .Select(s => new StandingStep(s.Name, s.StartedAt))
                    .ToListAsync(cancellationToken),
            },
            _ => null,
        };
    }

    private async Task<QueueStanding> QueueAsync(
        ControlDbContext db,
        Guid job,
        string queue,
        string? key,
        CancellationToken cancellationToken
    )
    {
        var place = await db
            .Database.SqlQueryRaw<Place>(
                $$"""
                SELECT (SELECT count(*)::int FROM (SELECT 1 FROM job_runs q WHERE q.state = 'queued' AND NOT q.resume AND q.queue = me.queue
                            AND (NOT q.front, -q.priority, q.queued_at, q.job_id) < (NOT me.front, -me.priority, me.queued_at, me.job_id) LIMIT {0}) x) AS "Before",
                       (SELECT min(q.queued_at) FROM job_runs q WHERE q.state = 'queued' AND NOT q.resume AND q.queue = me.queue) AS "OldestSince",
                       EXISTS (SELECT 1 FROM workers w WHERE w.stopped_at IS NULL AND w.last_heartbeat > ac_now() - make_interval(secs => {1})
                                  AND me.queue = ANY(w.queues) AND j.agent || '@' || j.agent_version = ANY(w.agents)) AS "ServesAgent",
                       {{ConcurrencyKeys.Holder}} AS "KeyHolder"
                  FROM job_runs me JOIN jobs j ON j.id = me.job_id WHERE me.job_id = {2}
                """,
                MaxBefore,
                WorkerQueries.LostAfterSeconds,
                job
            )
            .SingleAsync(cancellationToken);
        var lane = await queues.FindAsync(queue, cancellationToken);
        var hold = await queues.HoldAsync(cancellationToken);
        return new(
            queue,
            place.Before,
            place.OldestSince,
            lane?.Workers is { } each ? each * lane.Processes : null,
            lane?.Running ?? 0,
            lane?.Processes ?? 0,
            place.ServesAgent,
            lane?.Paused == true,
            lane?.ChangedBy,
            lane?.ChangedAt,
            hold.Held,
            hold.By,
            hold.Since,
            key,
            place.KeyHolder
        );
    }

    private static Task<List<StandingWait>> WaitsAsync(
        ControlDbContext db,
        Guid job,
        CancellationToken cancellationToken
    ) =>
        db
            .Database.SqlQuery<StandingWait>(
                $"""
                SELECT w.kind AS "Kind", CASE WHEN w.kind IN ('signal','service') THEN w.target END AS "Target", w.since AS "Since", w.due_at AS "Until", w.approval_id AS "ApprovalId",
                       COALESCE(a.title, s.name) AS "Title", array_to_string(a.approvers, ', ') AS "Approvers",
                       (SELECT count(*)::int FROM approval_votes v WHERE v.approval_id = a.id AND v.revision = a.revision AND v.decision <> 'reject') AS "Votes", a.required AS "Required",
                       a.on_expire AS "OnExpire", a.info_asked_by AS "InfoAskedBy", a.deliver_at AS "DeliverAt", c.state AS "CircuitState", c.until AS "CircuitUntil",
                       c.changed_by AS "ChangedBy", CASE w.kind WHEN 'retry' THEN w.target ELSE c.reason END AS "Reason", g.succeeded + g.failed + g.cancelled AS "Ended", g.total AS "Total",
                       s.attempt AS "Tries"
                  FROM waits w
                  LEFT JOIN approvals a ON a.id = w.approval_id
                  LEFT JOIN circuits c ON w.kind = 'service' AND c.name = w.target AND c.state <> 'closed'
                  LEFT JOIN child_groups g ON w.kind = 'children' AND g.parent_id = w.job_id AND g.key = w.target
                  LEFT JOIN steps s ON w.kind IN ('retry','service') AND s.job_id = w.job_id AND s.key = regexp_replace(w.key, '~(retry|service)$', '') AND s.state = 'running'
                 WHERE w.job_id = {job}
                 ORDER BY w.kind <> 'approval', w.due_at NULLS LAST, w.since, w.key LIMIT {MaxWaits}
                """
            )
            .ToListAsync(cancellationToken);

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) =>
        one is { } first && first < other ? first : other;

    private sealed record Place(int Before, DateTimeOffset? OldestSince, bool ServesAgent, string? KeyHolder);
}
