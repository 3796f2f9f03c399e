using System.Text;
using AgentControl.Core.Approvals;
using AgentControl.Core.Events;
using AgentControl.Core.Json;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Events;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Maintenance;

/// <summary>Answers waits whose time has come: timers, retries, decisions that can no longer be taken back, and approvals that nobody decided.</summary>
internal sealed class TimerWaker(
    EnginePool database,
    EventFeed feed,
    Bells bells,
    TimeProvider time,
    ILogger<TimerWaker> log
) : MaintenanceLoop(time, log)
{
    private const int MaxPerRound = 200;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    /// <summary>Who opens a wait rings. This finds what a lost process left behind.</summary>
    protected override TimeSpan Pause => TimeSpan.FromSeconds(5);

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (await NextAsync(connection) is not { } next)
            return null;
        if (next > Soon)
            return next;
        var due = new List<(Guid Job, string Key, string Kind, Guid? Approval)>();
        await using (
            var command = Sql.Command(
                connection,
                "SELECT job_id, key, kind, approval_id FROM waits WHERE due_at <= ac_now() ORDER BY due_at LIMIT $1",
                MaxPerRound
            )
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                due.Add(
                    (
                        reader.GetGuid(0),
                        reader.GetString(1),
                        reader.GetString(2),
                        reader.IsDBNull(3) ? null : reader.GetGuid(3)
                    )
                );
        }
        foreach (var (job, key, kind, approval) in due)
            await FireAsync(connection, job, key, kind, approval, cancellationToken);
        return due.Count == MaxPerRound ? TimeSpan.Zero : await NextAsync(connection);
    }

    /// <summary>Until the next wait is due; null where none is.</summary>
    private static async Task<TimeSpan?> NextAsync(NpgsqlConnection connection) =>
        await Sql.ScalarAsync<double?>(
            connection,
            "SELECT extract(epoch FROM min(due_at) - ac_now())::float8 FROM waits WHERE due_at IS NOT NULL"
        )
            is { } seconds
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, Soon.TotalSeconds, 60))
            : null;

    private async Task FireAsync(
        NpgsqlConnection connection,
        Guid job,
        string key,
        string kind,
        Guid? approval,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await JobLog.LockAsync(connection, job))
            return;
        var line = kind switch
        {
            "approval" => await DecisionDelivery.DeliverAsync(connection, job, key, approval!.Value)
                ?? await ApprovalEnds.ExpireAsync(connection, job, key, approval!.Value),
            "retry" or "service" => await WakeAsync(connection, job, key, "Tries again", "null"u8.ToArray()),
            _ => await WakeAsync(
                connection,
                job,
                key,
                "The time is over",
                JournalJson.Serialize(new { elapsed = true })
            ),
        };
        await transaction.CommitAsync(cancellationToken);
        if (line is null)
            return;
        feed.Publish(await JobLog.ReadSinceAsync(connection, job, line.No - 1));
        // An approval that nobody gave may end the job while other branches of it run.
        if (kind == "approval")
            bells.Nudge(job);
        await bells.RingForJobAsync(job, cancellationToken);
    }

    /// <summary>Null where another node was first.</summary>
    private static async Task<LiveEvent?> WakeAsync(
        NpgsqlConnection connection,
        Guid job,
        string key,
        string message,
        byte[] answer
    )
    {
        var open = await Sql.ScalarAsync<bool>(
            connection,
            "SELECT EXISTS (SELECT 1 FROM waits WHERE job_id = $1 AND key = $2 AND due_at <= ac_now())",
            job,
            key
        );
        if (!open)
            return null;
        var line = await JobLog.AppendAsync(
            connection,
            job,
            new(EventTypes.JobResumed, message, EventData.Of(new { key }))
        );
        await JobLog.AnswerAsync(connection, job, key, answer, fast: false);
        return line;
    }
}
