using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Steps;

/// <summary>One entry of a journal without its result: what a picture of the whole run needs.</summary>
/// <param name="No">The number of the event that recorded it; null while it runs or waits.</param>
/// <param name="Generation">Grows with each retry by a person.</param>
public sealed record StepOutline(
    string Key,
    int Generation,
    string Name,
    string Kind,
    string State,
    int Attempt,
    DateTimeOffset StartedAt,
    DateTimeOffset? CompletedAt,
    string? Service,
    string? Error,
    long? No
);

/// <summary>Reads whole journals without results, and only what came since.</summary>
public sealed class StepOutlineQueries(IDbContextFactory<ControlDbContext> contexts)
{
    /// <summary>The steps recorded behind an event, oldest first, then those that run and the waits that are open.</summary>
    public async Task<IReadOnlyList<StepOutline>> SinceAsync(
        Guid jobId,
        long after,
        int limit,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db
            .Database.SqlQuery<StepOutline>(
                $"""
                SELECT key AS "Key", generation AS "Generation", name AS "Name", kind AS "Kind", state AS "State", attempt AS "Attempt",
                       started_at AS "StartedAt", completed_at AS "CompletedAt", service AS "Service", left(error, 2000) AS "Error", no AS "No"
                FROM (SELECT * FROM steps WHERE job_id = {jobId} AND no > {after} ORDER BY no LIMIT {limit}) recorded
                UNION ALL
                SELECT key, generation, name, kind, state, attempt, started_at, NULL, service, left(error, 2000), NULL
                FROM steps WHERE job_id = {jobId} AND no IS NULL
                UNION ALL
                SELECT w.key, 0, COALESCE(a.title, w.target, w.kind), w.kind, 'running', 1, w.since, NULL, NULL, NULL, NULL
                FROM waits w LEFT JOIN approvals a ON a.id = w.approval_id
                WHERE w.job_id = {jobId} AND w.kind <> 'retry' AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.job_id = {jobId} AND s.key = w.key AND s.no IS NULL)
                """
            )
            .ToListAsync(cancellationToken);
    }
}
