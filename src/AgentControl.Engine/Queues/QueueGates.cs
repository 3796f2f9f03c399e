using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workers;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AgentControl.Engine.Queues;

/// <summary>Takes over what is stored about queues: the gates and hands of this process, and how many hands each queue has in all.</summary>
internal sealed class QueueGates(
    EnginePool database,
    IOptions<QueueOptions> options,
    Lanes lanes,
    HangfireServers servers,
    LaneHands hands,
    QueueHold hold,
    ResumeSignal resume,
    QueueChanges changes,
    WorkerIdentity worker,
    Stopping stopping
) : IDisposable
{
    /// <summary>One after the other: an older reading must never be set last.</summary>
    private readonly SemaphoreSlim turn = new(1);
    private volatile bool open;
    private string? known;

    /// <summary>From now on this process runs jobs.</summary>
    public Task OpenAsync(CancellationToken cancellationToken)
    {
        open = true;
        return ApplyAsync(cancellationToken);
    }

    /// <summary>Reads what is stored and sets the gates of this process; enough Hangfire workers are started for them.</summary>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var (stored, alone, draining) = await ReadAsync(cancellationToken);
            var held = stored.Remove(QueueHold.Row, out var all) && all.Paused;
            var released = hold.IsHeld && !held && !draining;
            hold.IsHeld = held || draining;
            Tell(stored, held, draining);
            if (released)
                resume.RingAll();
            hands.Set(stored.ToDictionary(s => s.Key, s => HandsOf(s.Key, s.Value), StringComparer.Ordinal));
            if (!open)
                return;
            var gates = stored.ToDictionary(
                s => s.Key,
                s =>
                    (
                        Workers: s.Value.Workers ?? options.Value.Workers.GetValueOrDefault(s.Key),
                        s.Value.Paused || held
                    ),
                StringComparer.Ordinal
            );
            if (draining)
            {
                lanes.Set(gates.ToDictionary(g => g.Key, _ => (0, true), StringComparer.Ordinal));
                await stopping.DrainAsync();
                servers.Drain();
                return;
            }
            stopping.EndDrain();
            lanes.Set(gates);
            servers.Ensure(gates.ToDictionary(g => g.Key, g => g.Value.Workers, StringComparer.Ordinal), alone);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    /// <summary>Pages follow what was changed here or elsewhere.</summary>
    private void Tell(Dictionary<string, Stored> stored, bool held, bool draining)
    {
        var now = string.Join(
            ';',
            stored
                .OrderBy(s => s.Key, StringComparer.Ordinal)
                .Select(s => $"{s.Key}={s.Value}")
                .Prepend($"{held} {draining}")
        );
        var differs = known is not null && known != now;
        known = now;
        if (differs)
            changes.Publish("");
    }

    /// <summary>A queue that this process does not serve is served by others with at least one worker each.</summary>
    private int HandsOf(string queue, Stored stored) =>
        (stored.Workers ?? Math.Max(1, options.Value.Workers.GetValueOrDefault(queue))) * Math.Max(1, stored.Processes);

    /// <summary>Every queue that is configured here, stored, or served by a live process; whether this process is the only live one, and whether it drains.</summary>
    private async Task<(Dictionary<string, Stored> Queues, bool Alone, bool Draining)> ReadAsync(
        CancellationToken cancellationToken
    )
    {
        var stored = options.Value.Workers.Keys.ToDictionary(
            name => name,
            _ => new Stored(null, false, 0),
            StringComparer.Ordinal
        );
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = Sql.Command(
            connection,
            """
            WITH live AS (SELECT queues FROM workers WHERE stopped_at IS NULL AND last_heartbeat > ac_now() - make_interval(secs => $1))
            SELECT name, q.workers, COALESCE(q.paused, false), COALESCE(s.processes, 0)::int, (SELECT count(*) = 1 FROM live) FROM queues q FULL JOIN
              (SELECT lane AS name, count(*) AS processes FROM live, unnest(queues) AS lane GROUP BY lane) s USING (name)
            """,
            WorkerQueries.LostAfterSeconds
        );
        var draining = await Sql.ScalarAsync<bool>(
            connection,
            "SELECT EXISTS (SELECT 1 FROM workers WHERE name = $1 AND draining_since IS NOT NULL)",
            worker.Name
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var alone = false;
        while (await reader.ReadAsync(cancellationToken))
        {
            stored[reader.GetString(0)] = new(
                reader.IsDBNull(1) ? null : reader.GetInt32(1),
                reader.GetBoolean(2),
                reader.GetInt32(3)
            );
            alone = reader.GetBoolean(4);
        }
        return (stored, alone, draining);
    }

    /// <param name="Workers">What a person stored; null leaves it to configuration.</param>
    /// <param name="Processes">Live processes that serve it.</param>
    private sealed record Stored(int? Workers, bool Paused, int Processes);
}
