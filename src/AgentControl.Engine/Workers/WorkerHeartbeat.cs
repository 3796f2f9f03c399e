using AgentControl.Engine.Agents;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Workers;

/// <summary>Keeps this process in the list of workers.</summary>
internal sealed class WorkerHeartbeat(
    EnginePool database,
    WorkerIdentity worker,
    EngineOptions options,
    Lanes lanes,
    AgentCatalog agents,
    TimeProvider time,
    ILogger<WorkerHeartbeat> log
) : MaintenanceLoop(time, log)
{
    private static readonly string Version = typeof(WorkerHeartbeat).Assembly.GetName().Version?.ToString(3) ?? "0";

    protected override TimeSpan Pause => TimeSpan.FromSeconds(5);

    /// <summary>Whoever watches sees at once what this process serves.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lanes.Changed += RingOn;
        return base.StartAsync(cancellationToken);
    }

    private void RingOn(object? sender, EventArgs change) => Ring();

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        // Its lanes are about to open, and ring: nobody shall see a worker without queues.
        if (options.RunsJobs && lanes.All.Count == 0)
            return null;
        await using var connection = await database.OpenAsync(cancellationToken);
        var served = lanes.All.Select(g => (Queue: g.Queue, Workers: g.Permits)).Where(q => q.Workers > 0).ToArray();
        // Processes that have been silent for a day are history.
        await Sql.ExecuteAsync(
            connection,
            """
            WITH history AS (DELETE FROM workers WHERE last_heartbeat < ac_now() - interval '1 day' AND name <> $1)
            INSERT INTO workers (name, role, version, queues, agents, slots, started_at, last_heartbeat) VALUES ($1, $2, $3, $4, $5, $6, ac_now(), ac_now())
            ON CONFLICT (name) DO UPDATE SET queues = EXCLUDED.queues, slots = EXCLUDED.slots, last_heartbeat = ac_now(), stopped_at = NULL
            """,
            worker.Name,
            options.Role,
            Version,
            served.Select(q => q.Queue).Order(StringComparer.Ordinal).ToArray(),
            options.RunsJobs ? agents.Keys.ToArray() : [],
            served.Sum(q => q.Workers)
        );
        return null;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        lanes.Changed -= RingOn;
        await base.StopAsync(cancellationToken);
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            await Sql.ExecuteAsync(connection, "UPDATE workers SET stopped_at = ac_now() WHERE name = $1", worker.Name);
        }
        catch (NpgsqlException problem)
        {
            Log.RoundFailed(log, problem, nameof(WorkerHeartbeat));
        }
    }
}
