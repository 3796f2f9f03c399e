using AgentControl.Engine.Jobs;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Workers;

/// <summary>A process as people watch it.</summary>
/// <param name="Role">all, web or worker.</param>
/// <param name="State">alive, draining (takes no more jobs), lost (silent for too long) or stopped (said so itself).</param>
/// <param name="Slots">Jobs that it can run at once.</param>
/// <param name="Jobs">Jobs that it runs now.</param>
public sealed record WorkerView(
    string Name,
    string Role,
    string State,
    string Version,
    IReadOnlyList<string> Queues,
    IReadOnlyList<string> Agents,
    int Slots,
    int Running,
    IReadOnlyList<WorkerJobView> Jobs,
    DateTimeOffset StartedAt,
    DateTimeOffset LastHeartbeat,
    DateTimeOffset? StoppedAt,
    DateTimeOffset? DrainingSince = null
);

/// <summary>A job in a worker's hands.</summary>
public sealed record WorkerJobView(Guid Id, string ShortId, string Name);

/// <summary>Reads the processes and what they run.</summary>
public sealed class WorkerQueries(IDbContextFactory<ControlDbContext> contexts)
{
    /// <summary>A process that is silent so long counts as lost: two leases.</summary>
    public const int LostAfterSeconds = 30;

    private static readonly TimeSpan ShowStoppedFor = TimeSpan.FromHours(1);

    /// <summary>Live processes first, then those that were lost or stopped within the last hour.</summary>
    /// <param name="visible">Workspaces whose jobs are named; null means all. Jobs of others only count.</param>
    public async Task<IReadOnlyList<WorkerView>> ListAsync(
        IReadOnlyCollection<string>? visible = null,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = await db
            .Database.SqlQuery<DateTimeOffset>($"""SELECT ac_now() AS "Value" """)
            .SingleAsync(cancellationToken);
        var since = now - ShowStoppedFor;
        var rows = await db.Set<WorkerRow>()
            .AsNoTracking()
            .Where(w => w.LastHeartbeat > since)
            .OrderBy(w => w.StoppedAt != null)
            .ThenBy(w => w.Name)
            .ToListAsync(cancellationToken);
        var running = await db.Set<JobRow>()
            .AsNoTracking()
            .Where(j => j.Run.State == "running" && j.Run.Worker != null)
            .OrderBy(j => j.Id)
            .Select(j => new
            {
                j.Run.Worker,
                j.Workspace,
                Job = new WorkerJobView(j.Id, j.ShortId, j.Name),
            })
            .ToListAsync(cancellationToken);
        var byWorker = running.ToLookup(r => r.Worker!, StringComparer.Ordinal);
        return
        [
            .. rows.Select(w =>
                View(
                    w,
                    byWorker[w.Name].Count(),
                    [.. byWorker[w.Name].Where(r => visible?.Contains(r.Workspace) != false).Select(r => r.Job)],
                    now
                )
            ),
        ];
    }

    private static WorkerView View(WorkerRow worker, int running, IReadOnlyList<WorkerJobView> jobs, DateTimeOffset now)
    {
        var silent = now - worker.LastHeartbeat > TimeSpan.FromSeconds(LostAfterSeconds);
        var state =
            worker.StoppedAt is not null ? "stopped"
            : silent ? "lost"
            : worker.DrainingSince is not null ? "draining"
            : "alive";
        return new(
            worker.Name,
            worker.Role,
            state,
            worker.Version,
            worker.Queues,
            worker.Agents,
            worker.Slots,
            running,
            jobs,
            worker.StartedAt,
            worker.LastHeartbeat,
            worker.StoppedAt,
            worker.DrainingSince
        );
    }
}
