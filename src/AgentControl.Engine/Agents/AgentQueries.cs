using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Agents;

/// <summary>How the jobs of an agent go: what is open now, and what ended in the last 24 hours.</summary>
/// <param name="Waiting">Parked: for a person, a timer, a service or other jobs.</param>
/// <param name="MedianSeconds">Submitted to finished, of those that succeeded; null while none did.</param>
public sealed record AgentNumbers(
    string Agent,
    long Queued,
    long Running,
    long Waiting,
    long Succeeded,
    long Failed,
    double? MedianSeconds
)
{
    /// <summary>succeeded / (succeeded + failed), 0 to 1; null while nothing ended.</summary>
    public double? CompletionRate => Succeeded + Failed == 0 ? null : (double)Succeeded / (Succeeded + Failed);

    public static AgentNumbers None(string agent) => new(agent, 0, 0, 0, 0, 0, null);
}

/// <summary>Reads the numbers of agents.</summary>
public sealed class AgentQueries(IDbContextFactory<ControlDbContext> contexts)
{
    /// <summary>Of every agent that has an open job, or one that ended in the last 24 hours.</summary>
    /// <param name="agent">Only this one; null means all.</param>
    public async Task<IReadOnlyDictionary<string, AgentNumbers>> NumbersAsync(
        string? agent = null,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db
            .Database.SqlQuery<AgentNumbers>(
                $"""
                SELECT j.agent AS "Agent", count(*) FILTER (WHERE r.state IN ('queued', 'scheduled')) AS "Queued",
                       count(*) FILTER (WHERE r.state = 'running') AS "Running", count(*) FILTER (WHERE r.state = 'waiting') AS "Waiting",
                       count(*) FILTER (WHERE r.state = 'succeeded') AS "Succeeded", count(*) FILTER (WHERE r.state = 'failed') AS "Failed",
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.finished_at - j.submitted_at)::float8)
                         FILTER (WHERE r.state = 'succeeded') AS "MedianSeconds"
                  FROM job_runs r JOIN jobs j ON j.id = r.job_id
                 WHERE (r.finished_at IS NULL OR r.finished_at > ac_now() - interval '24 hours')
                   AND ({agent}::text IS NULL OR j.agent = {agent})
                 GROUP BY j.agent
                """
            )
            .ToDictionaryAsync(n => n.Agent, StringComparer.Ordinal, cancellationToken);
    }

    /// <summary>Every version of an agent that people defined, the newest first; empty for the program's own.</summary>
    public async Task<IReadOnlyList<DefinitionVersion>> VersionsAsync(
        string agent,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Set<DefinitionRow>()
            .Where(d => d.Name == agent)
            .OrderByDescending(d => d.Version)
            .Select(d => new DefinitionVersion(d.Version, d.Settings, d.ChangedBy, d.ChangedAt))
            .ToListAsync(cancellationToken);
    }
}
