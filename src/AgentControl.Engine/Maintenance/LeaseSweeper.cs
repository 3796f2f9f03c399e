using System.Diagnostics;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Anomalies;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Events;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Maintenance;

/// <summary>Takes up what a lost worker held, starts what is due, ends what is over its time, and rings where a bell was lost.</summary>
internal sealed class LeaseSweeper(
    EnginePool database,
    WorkerIdentity worker,
    Lanes lanes,
    Bells bells,
    EventFeed feed,
    JobCommands jobs,
    TimeProvider time,
    ILogger<LeaseSweeper> log
) : MaintenanceLoop(time, log)
{
    private const int MaxPerRound = 500;
    private static readonly long Lock = 0x61635f7377656570;

    private const string Lost = "FROM job_runs WHERE state = 'running' AND lease_until < ac_now()";

    private const string Due = "FROM job_runs WHERE state = 'scheduled' AND run_at <= ac_now()";

    private const string PastDeadline =
        "FROM job_runs r JOIN jobs j ON j.id = r.job_id WHERE j.deadline_at < ac_now() AND r.state IN ('queued','waiting','paused')";

    private const string TooOldToBegin = """
        FROM job_runs r JOIN jobs j ON j.id = r.job_id
         WHERE r.state = 'queued' AND NOT r.resume AND r.epoch = 0 AND j.ttl_seconds IS NOT NULL AND r.queued_at + make_interval(secs => j.ttl_seconds) < ac_now()
        """;

    private const string Orphans = """
        FROM child_groups g
          JOIN job_runs p ON p.job_id = g.parent_id AND p.state = 'cancelled'
          JOIN jobs j ON j.parent_id = g.parent_id AND j.parent_key = g.key
          JOIN job_runs c ON c.job_id = j.id AND c.state NOT IN ('succeeded','failed','cancelled') AND NOT c.cancel_requested
         WHERE g.succeeded + g.failed + g.cancelled < g.total
        """;

    private const string Resumed =
        "FROM job_runs WHERE state = 'queued' AND resume AND updated_at < ac_now() - interval '1 second'";

    /// <summary>Whether there is anything to sweep: most rounds find nothing, and ask no more than this.</summary>
    private readonly string anything =
        "SELECT "
        + string.Join(
            " OR ",
            new[]
            {
                Lost,
                Due,
                PastDeadline,
                TooOldToBegin,
                Orphans,
                Resumed,
                "FROM child_ends",
                SweptAnomalies.Overdue,
                ApprovalReminders.Due,
                ApprovalSnoozes.Due,
                SweptAnomalies.Silent(worker.Lease),
            }.Select(rows => $"EXISTS (SELECT 1 {rows})")
        );

    private readonly TimeProvider clock = time;
    private long lastRound = time.GetTimestamp();
    private long? quietSince;

    protected override TimeSpan Pause => TimeSpan.FromSeconds(2);

    /// <summary>A lane that got more hands is rung at once.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lanes.Changed += RingOn;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        lanes.Changed -= RingOn;
        return base.StopAsync(cancellationToken);
    }

    private void RingOn(object? sender, EventArgs change) => Ring();

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        feed.Touch(clock.GetUtcNow());
        var cutOff = clock.GetElapsedTime(lastRound) > worker.Lease;
        lastRound = clock.GetTimestamp();
        // Who was cut off from the database saw no heartbeats of others either: wait one lease before judging.
        if (cutOff)
            quietSince = clock.GetTimestamp();
        if (quietSince is { } since && clock.GetElapsedTime(since) < worker.Lease)
            return null;
        quietSince = null;
        if (
            await Sql.ScalarAsync<bool>(connection, anything)
            && await Sql.ScalarAsync<bool>(connection, "SELECT pg_try_advisory_lock($1)", Lock)
        )
        {
            try
            {
                await SweepAsync(connection, cancellationToken);
            }
            finally
            {
                await Sql.ExecuteAsync(connection, "SELECT pg_advisory_unlock($1)", Lock);
            }
        }
        await RingAsync(connection, cancellationToken);
        return null;
    }

    private async Task SweepAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var lost = await IdsAsync(connection, $"SELECT job_id {Lost} LIMIT $1", cancellationToken);
        foreach (var id in lost)
            await TakeUpAsync(connection, id, cancellationToken);
        var due = await IdsAsync(connection, $"SELECT job_id {Due} ORDER BY run_at LIMIT $1", cancellationToken);
        if (due.Count > 0)
            await Sql.ExecuteAsync(
                connection,
                "UPDATE job_runs SET state = 'queued', queued_at = run_at, updated_at = ac_now() WHERE job_id = ANY($1) AND state = 'scheduled'",
                due.ToArray()
            );
        var over = await IdsAsync(
            connection,
            $"SELECT r.job_id {PastDeadline} UNION SELECT r.job_id {TooOldToBegin} LIMIT $1",
            cancellationToken
        );
        foreach (var id in over)
            await TimeOutAsync(connection, id, cancellationToken);
        await CancelOrphansAsync(connection, cancellationToken);
        await SpillResumedAsync(connection, cancellationToken);
        foreach (
            var parent in await IdsAsync(
                connection,
                "SELECT DISTINCT parent_id FROM child_ends LIMIT $1",
                cancellationToken
            )
        )
            bells.RingParent(parent);
        await SweptAnomalies.TellAsync(connection, worker.Lease, MaxPerRound, feed, cancellationToken);
        await ApprovalReminders.TellAsync(connection, MaxPerRound, feed, cancellationToken);
        await ApprovalSnoozes.WakeAsync(connection, MaxPerRound, feed, cancellationToken);
    }

    /// <summary>An answered job that found all hands of the resume lanes busy goes to the front of its own queue.</summary>
    private static async Task SpillResumedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            connection,
            $"UPDATE job_runs SET resume = false, front = true WHERE job_id IN (SELECT job_id {Resumed} ORDER BY queued_at LIMIT $1 FOR UPDATE SKIP LOCKED)",
            MaxPerRound
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Children of a cancelled parent go with it, also those that it was just making, and where nobody's command ended it.</summary>
    private async Task CancelOrphansAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var orphans = await IdsAsync(connection, $"SELECT c.job_id {Orphans} LIMIT $1", cancellationToken);
        foreach (var id in orphans)
            await jobs.CancelAsync(id, Actor.System, "its parent was cancelled", cancellationToken);
    }

    /// <summary>A job whose worker was silent past its lease: what people asked for meanwhile comes first, then the limit of crashes, then the queue.</summary>
    private async Task TakeUpAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = Sql.Command(
            connection,
            """
            SELECT r.cancel_requested, r.pause_requested, r.strikes, j.max_attempts, r.worker, r.requested_by, r.outcome, r.lease_until, ac_now() FROM job_runs r JOIN jobs j ON j.id = r.job_id
             WHERE r.job_id = $1 AND r.state = 'running' AND r.lease_until < ac_now() FOR UPDATE OF r SKIP LOCKED
            """,
            id
        );
        bool cancel,
            pause;
        int strikes,
            max;
        string holder,
            by;
        string? outcome;
        DateTimeOffset heartbeat,
            now;
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken))
                return;
            (cancel, pause, strikes, max) = (row.GetBoolean(0), row.GetBoolean(1), row.GetInt32(2), row.GetInt32(3));
            (holder, by) = (row.GetString(4), row.IsDBNull(5) ? "AgentControl" : row.GetString(5));
            outcome = row.IsDBNull(6) ? null : row.GetString(6);
            heartbeat = row.GetFieldValue<DateTimeOffset>(7) - worker.Lease;
            now = row.GetFieldValue<DateTimeOffset>(8);
        }
        var line = await JobLog.AppendAsync(
            connection,
            id,
            AnomalyEvents.Recovered(holder, strikes, now, heartbeat, worker.Lease)
        );
        if (cancel && outcome == "approvalExpired")
            await FailAsync(connection, id, new JobFailure("approvalExpired", "Nobody decided in time."));
        else if (cancel)
            await Sql.ExecuteAsync(
                connection,
                "SELECT ac_end($1, 'cancelled', $2, NULL, $3, $4)",
                id,
                outcome ?? "cancelled",
                $"Cancelled by {by}",
                by
            );
        else if (strikes >= max)
            await FailAsync(
                connection,
                id,
                new JobFailure(
                    "tooManyAttempts",
                    $"{strikes} attempts in a row ended without a new recorded step; the last worker was {holder}. Find out what stops it, then retry: it goes on behind its last recorded step."
                )
            );
        else
            await Sql.ExecuteAsync(
                connection,
                """
                UPDATE job_runs SET state = CASE WHEN $2 THEN 'paused' ELSE 'queued' END, paused_at = CASE WHEN $2 THEN ac_now() END, lease_until = NULL,
                       pause_requested = false, recovering = true, backing_off = false, worked_ms = worked_ms + GREATEST(0, extract(epoch FROM lease_until - leased_at) * 1000)::bigint
                 WHERE job_id = $1
                """,
                id,
                pause
            );
        await transaction.CommitAsync(cancellationToken);
        feed.Publish(await JobLog.ReadSinceAsync(connection, id, line.No - 1));
        Log.LeaseTakenUp(log, id, holder, strikes);
        await bells.RingForJobAsync(id, cancellationToken);
    }

    private async Task TimeOutAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var row = await CommandRow.LockAsync(connection, id, cancellationToken);
        if (row?.State is not (JobState.Queued or JobState.Waiting or JobState.Paused))
            return;
        const string Late = "The job's deadline or time to live has passed before it could end.";
        await JobLog.AppendAsync(connection, id, AnomalyEvents.JobTimedOut(Late));
        await FailAsync(connection, id, new JobFailure(JobFailure.Timeout, Late));
        await transaction.CommitAsync(cancellationToken);
        feed.Publish(await JobLog.ReadSinceAsync(connection, id, row.LastNo));
        await bells.RingForJobAsync(id, cancellationToken);
    }

    private static Task<int> FailAsync(NpgsqlConnection connection, Guid id, JobFailure failure) =>
        Sql.ExecuteAsync(
            connection,
            "SELECT ac_end($1, 'failed', $2, $3, $4, 'system')",
            id,
            failure.Type,
            System.Text.Encoding.UTF8.GetString(JournalJson.Serialize(failure)),
            failure.Message
        );

    /// <summary>Lanes with work and free hands: their bells may be lost.</summary>
    private async Task RingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var free = lanes.All.Where(g => g.Free > 0).ToDictionary(g => g.Queue, g => g.Free, StringComparer.Ordinal);
        if (free.Count == 0)
            return;
        await using var command = Sql.Command(
            connection,
            $"""
            SELECT q.name, (SELECT count(*) FROM (SELECT 1 FROM job_runs r JOIN jobs j ON j.id = r.job_id
                                                   WHERE r.state = 'queued' AND NOT r.resume AND r.queue = q.name AND {ConcurrencyKeys.MayRun} LIMIT 50) x)
              FROM unnest($1::text[]) AS q(name)
            """,
            (object)free.Keys.ToArray()
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var queued = (int)reader.GetInt64(1);
            if (queued > 0)
                bells.RingLaneAgain(reader.GetString(0), Math.Min(queued, free[reader.GetString(0)]));
        }
    }

    private static async Task<List<Guid>> IdsAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken
    )
    {
        var ids = new List<Guid>();
        await using var command = Sql.Command(connection, sql, MaxPerRound);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            ids.Add(reader.GetGuid(0));
        return ids;
    }
}
