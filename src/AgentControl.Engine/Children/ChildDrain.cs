using AgentControl.Core.Events;
using AgentControl.Core.Json;
using AgentControl.Core.Waits;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Children;

/// <summary>Takes the notices of ended children under their parent's lock: counts, tells, wakes.</summary>
internal sealed class ChildDrain(
    NpgsqlDataSource database,
    ParentSignal parents,
    EventFeed feed,
    Bells bells,
    TimeProvider time,
    ILogger<ChildDrain> log
) : BackgroundService
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(5);
    private const int MaxNotices = 1_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            while (await parents.WaitAsync(stoppingToken))
            {
                // Children end in crowds: one drain for all that came within a moment.
                await Task.Delay(Gather, time, stoppingToken);
                var round = new HashSet<Guid>();
                while (parents.TryTake(out var parent))
                    round.Add(parent);
                foreach (var parent in round)
                    await DrainSafelyAsync(parent, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops; the sweeper of another one drains what is left.
        }
    }

    private async Task DrainSafelyAsync(Guid parent, CancellationToken cancellationToken)
    {
        try
        {
            while (await DrainAsync(parent, cancellationToken) == MaxNotices)
                continue;
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.RoundFailed(log, problem, nameof(ChildDrain));
        }
    }

    /// <returns>How many notices were taken.</returns>
    public async Task<int> DrainAsync(Guid parent, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await JobLog.LockAsync(connection, parent))
            return 0;
        var ends = await TakeAsync(connection, parent, cancellationToken);
        if (ends.Count == 0)
            return 0;
        var events = new List<LiveEvent>(
            await JobLog.AppendAllAsync(
                connection,
                parent,
                [
                    .. ends.Select(e => new EventRecord(
                        EventTypes.ChildFinished,
                        $"{e.Name}: {e.State}",
                        EventData.Of(new { childId = e.Child, state = e.State })
                    )),
                ]
            )
        );
        var woken = false;
        foreach (var key in ends.Select(e => e.Key).Distinct(StringComparer.Ordinal))
            woken |= await CountAsync(connection, parent, key, ends);
        await transaction.CommitAsync(cancellationToken);
        feed.Publish(events);
        if (woken)
            await bells.RingForJobAsync(parent, cancellationToken);
        return ends.Count;
    }

    private static async Task<List<(Guid Child, string Key, string State, string Name)>> TakeAsync(
        NpgsqlConnection connection,
        Guid parent,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            """
            WITH taken AS (DELETE FROM child_ends WHERE (parent_id, child_id) IN
               (SELECT parent_id, child_id FROM child_ends WHERE parent_id = $1 LIMIT $2) RETURNING child_id, parent_key, state)
            SELECT t.child_id, t.parent_key, t.state, j.name FROM taken t JOIN jobs j ON j.id = t.child_id
            """,
            parent,
            MaxNotices
        );
        var ends = new List<(Guid, string, string, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            ends.Add((reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        return ends;
    }

    /// <summary>True where the parent waited for just this many.</summary>
    private static async Task<bool> CountAsync(
        NpgsqlConnection connection,
        Guid parent,
        string key,
        List<(Guid Child, string Key, string State, string Name)> ends
    )
    {
        int Of(string state) => ends.Count(e => e.Key == key && e.State == state);
        int total,
            succeeded,
            failed,
            cancelled;
        await using (
            var command = Sql.Command(
                connection,
                """
                UPDATE child_groups SET succeeded = succeeded + $3, failed = failed + $4, cancelled = cancelled + $5 WHERE parent_id = $1 AND key = $2
                RETURNING total, succeeded, failed, cancelled
                """,
                parent,
                key,
                Of("succeeded"),
                Of("failed"),
                Of("cancelled")
            )
        )
        await using (var reader = await command.ExecuteReaderAsync())
        {
            if (!await reader.ReadAsync())
                return false;
            (total, succeeded, failed, cancelled) = (
                reader.GetInt32(0),
                reader.GetInt32(1),
                reader.GetInt32(2),
                reader.GetInt32(3)
            );
        }
        var ended = succeeded + failed + cancelled;
        var waiting = new List<string>();
        await using (
            var command = Sql.Command(
                connection,
                "SELECT key FROM waits WHERE job_id = $1 AND kind = 'children' AND target = $2 AND LEAST(at_least, $3) <= $4",
                parent,
                key,
                total,
                ended
            )
        )
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                waiting.Add(reader.GetString(0));
        }
        var answer = JournalJson.Serialize(new ChildCounts(total, ended, succeeded, failed, cancelled));
        foreach (var wait in waiting)
            await JobLog.AnswerAsync(connection, parent, wait, answer, fast: false);
        return waiting.Count > 0;
    }
}
