using System.Globalization;
using AgentControl.Core.Anomalies;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Anomalies;

/// <summary>What no running attempt can tell of itself: questions that wait too long, and workers that are silent before their leases end.</summary>
internal static class SweptAnomalies
{
    public const string Overdue = "FROM approvals WHERE state = 'pending' AND remind_at <= ac_now()";

    /// <summary>Jobs of workers that have missed a beat, and were not told of since it. What a stalled job tells is among its last lines.</summary>
    public static string Silent(TimeSpan lease)
    {
        var left = lease - StallWatch.SilentAfter(lease);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            FROM job_runs r
             WHERE r.state = 'running' AND r.lease_until >= ac_now() AND r.lease_until < ac_now() + interval '{left.TotalSeconds:0.###} s'
               AND NOT EXISTS (SELECT 1 FROM events e WHERE e.job_id = r.job_id AND e.no > r.last_no - 10 AND e.type = 'anomaly'
                 AND e.at > r.lease_until - interval '{lease.TotalSeconds:0.###} s' AND e.data::json ->> 'kind' = 'stalled' AND e.data::json ->> 'cause' = 'heartbeat')
            """
        );
    }

    public static async Task TellAsync(
        NpgsqlConnection connection,
        TimeSpan lease,
        int most,
        EventFeed feed,
        CancellationToken cancellationToken
    )
    {
        foreach (var job in await IdsAsync(connection, $"SELECT r.job_id {Silent(lease)} LIMIT $1", most))
            await TellSilentAsync(connection, job, lease, feed, cancellationToken);
        foreach (var id in await IdsAsync(connection, $"SELECT id {Overdue} ORDER BY remind_at LIMIT $1", most))
            await TellOverdueAsync(connection, id, feed, cancellationToken);
    }

    private static async Task TellSilentAsync(
        NpgsqlConnection connection,
        Guid job,
        TimeSpan lease,
        EventFeed feed,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        Anomaly found;
        await using (
            var command = Sql.Command(
                connection,
                $"SELECT r.worker, ac_now(), r.lease_until {Silent(lease)} AND r.job_id = $1 FOR UPDATE OF r SKIP LOCKED",
                job
            )
        )
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            // It was heard of meanwhile.
            if (!await row.ReadAsync(cancellationToken))
                return;
            found = StallWatch.Silent(
                row.GetString(0),
                row.GetFieldValue<DateTimeOffset>(1),
                row.GetFieldValue<DateTimeOffset>(2) - lease,
                lease
            );
        }
        var line = await JobLog.AppendAsync(connection, job, AnomalyEvents.Of(found));
        await transaction.CommitAsync(cancellationToken);
        feed.Publish([line]);
    }

    private static async Task TellOverdueAsync(
        NpgsqlConnection connection,
        Guid id,
        EventFeed feed,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // The job's row first, then the approval: every writer takes locks in this order.
        var job = await Sql.ScalarAsync<Guid>(connection, "SELECT job_id FROM approvals WHERE id = $1", id);
        await JobLog.LockAsync(connection, job);
        Anomaly found;
        await using (
            var command = Sql.Command(
                connection,
                """
                UPDATE approvals a SET remind_at = NULL WHERE a.id = $1 AND a.state = 'pending' AND a.remind_at <= ac_now()
                RETURNING a.title, a.key, a.requested_at, ac_now(), a.deadline,
                  (SELECT CASE WHEN count(*) >= 5 THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY s.seconds) END FROM (
                     SELECT extract(epoch FROM d.decided_at - d.requested_at)::float8 AS seconds FROM approvals d
                      WHERE d.kind = a.kind AND d.decided_by <> 'system' AND d.state <> 'pending' ORDER BY d.id DESC LIMIT 50) s)
                """,
                id
            )
        )
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            // Somebody decided meanwhile.
            if (!await row.ReadAsync(cancellationToken))
                return;
            found = OverdueApprovals.Of(
                row.GetString(0),
                row.GetString(1),
                row.GetFieldValue<DateTimeOffset>(2),
                row.GetFieldValue<DateTimeOffset>(3),
                row.IsDBNull(5) ? null : row.GetDouble(5),
                row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4)
            );
        }
        var line = await JobLog.AppendAsync(connection, job, AnomalyEvents.Of(found));
        await transaction.CommitAsync(cancellationToken);
        feed.Publish([line]);
    }

    private static async Task<List<Guid>> IdsAsync(NpgsqlConnection connection, string sql, int most)
    {
        var ids = new List<Guid>();
        await using var command = Sql.Command(connection, sql, most);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            ids.Add(reader.GetGuid(0));
        return ids;
    }
}
