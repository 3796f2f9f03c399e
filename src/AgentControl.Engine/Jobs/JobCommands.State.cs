using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Jobs;

/// <summary>People's commands on one job: one transaction each under the job's row lock.</summary>
public sealed partial class JobCommands
{
    public Task<CommandOutcome> PauseAsync(Guid id, Actor actor, string? reason, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            actor,
            "job.paused",
            reason,
            async (connection, row) =>
            {
                switch (row.State)
                {
                    case JobState.Paused:
                    case JobState.Running when row.PauseRequested:
                        return CommandOutcome.Accepted;
                    case JobState.Running:
                        await RequestAsync(connection, id, "pause_requested", actor, reason);
                        return await TellAsync(
                            connection,
                            row,
                            EventTypes.JobPauseRequested,
                            $"{actor.Name} asked to pause",
                            reason,
                            actor
                        );
                    case JobState.Queued or JobState.Waiting:
                        await Sql.ExecuteAsync(
                            connection,
                            """
                            UPDATE job_runs SET state = 'paused', paused_at = ac_now(), requested_by = $2, request_reason = $3, resume = false, front = false,
                              waiting_kind = NULL, waiting_since = NULL, waiting_until = NULL, waiting_approval = NULL, waiting_detail = NULL WHERE job_id = $1
                            """,
                            id,
                            actor.Name,
                            Texts.Clean(reason, 500) ?? ""
                        );
                        return await TellAsync(
                            connection,
                            row,
                            EventTypes.JobPaused,
                            $"Paused by {actor.Name}",
                            reason,
                            actor
                        );
                    default:
                        return CommandOutcome.Refused($"A {row.State.Word()} job cannot be paused.");
                }
            },
            cancellationToken
        );

    /// <summary>Lets a paused job go on; also withdraws a pause request that is not yet obeyed.</summary>
    public Task<CommandOutcome> ResumeAsync(
        Guid id,
        Actor actor,
        string? reason,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            actor,
            "job.resumed",
            reason,
            async (connection, row) =>
            {
                switch (row.State)
                {
                    case JobState.Running when row.PauseRequested:
                        await Sql.ExecuteAsync(
                            connection,
                            "UPDATE job_runs SET pause_requested = false WHERE job_id = $1",
                            id
                        );
                        return await TellAsync(
                            connection,
                            row,
                            EventTypes.JobResumed,
                            $"{actor.Name} withdrew the pause",
                            reason,
                            actor
                        );
                    case JobState.Paused:
                        // The next attempt replays and parks again where its waits are still open.
                        await Sql.ExecuteAsync(
                            connection,
                            "UPDATE job_runs SET state = 'queued', resume = true, paused_at = NULL, requested_by = NULL, request_reason = NULL WHERE job_id = $1",
                            id
                        );
                        return await TellAsync(
                            connection,
                            row,
                            EventTypes.JobResumed,
                            $"Resumed by {actor.Name}",
                            reason,
                            actor
                        );
                    case JobState.Scheduled or JobState.Queued or JobState.Running or JobState.Waiting:
                        return CommandOutcome.Accepted;
                    default:
                        return CommandOutcome.Refused(
                            $"A {row.State.Word()} job cannot be resumed. Retry it or run it again."
                        );
                }
            },
            cancellationToken
        );

    /// <summary>Ends the job; a running one as soon as its running step has heard of it. Children are cancelled with it.</summary>
    public Task<CommandOutcome> CancelAsync(
        Guid id,
        Actor actor,
        string? reason,
        CancellationToken cancellationToken
    ) => CancelAsync(id, actor, reason, asChild: false, cancellationToken);

    /// <param name="asChild">Ended with its parent: the audit log has the parent's line, and no other.</param>
    private Task<CommandOutcome> CancelAsync(
        Guid id,
        Actor actor,
        string? reason,
        bool asChild,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            actor,
            asChild ? null : "job.cancelled",
            reason,
            async (connection, row) =>
            {
                switch (row.State)
                {
                    case JobState.Cancelled:
                    case JobState.Running when row.CancelRequested:
                        return CommandOutcome.Accepted;
                    case JobState.Running:
                        await RequestAsync(connection, id, "cancel_requested", actor, reason);
                        return await TellAsync(
                            connection,
                            row,
                            EventTypes.JobCancelRequested,
                            $"{actor.Name} asked to cancel",
                            reason,
                            actor
                        );
                    case JobState.Scheduled or JobState.Queued or JobState.Waiting or JobState.Paused:
                        await EndAsync(
                            connection,
                            row,
                            $"Cancelled by {actor.Name}" + (reason is null ? "" : $": {Texts.Clean(reason, 500)}"),
                            actor
                        );
                        return CommandOutcome.Accepted;
                    default:
                        return CommandOutcome.Refused($"The job has already {row.State.Word()}.");
                }
            },
            cancellationToken,
            after: () => CancelChildrenAsync(id, actor, cancellationToken)
        );

    /// <summary>Gives up waiting for a running step that does not listen. Its worker can write nothing any more.</summary>
    public Task<CommandOutcome> ForceStopAsync(
        Guid id,
        Actor actor,
        string? reason,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            actor,
            "job.forceStopped",
            reason,
            async (connection, row) =>
            {
                if (row.State == JobState.Cancelled)
                    return CommandOutcome.Accepted;
                if (row.State != JobState.Running || !row.CancelRequested)
                    return CommandOutcome.Refused(
                        "Cancel the job first; force stop is for a running step that does not stop within 30 s."
                    );
                await Sql.ExecuteAsync(connection, "UPDATE job_runs SET epoch = epoch + 1 WHERE job_id = $1", id);
                await EndAsync(connection, row, $"Stopped by force by {actor.Name}", actor);
                return CommandOutcome.Accepted;
            },
            cancellationToken
        );

    /// <summary>A failed or cancelled job goes on behind its last recorded step.</summary>
    public Task<CommandOutcome> RetryAsync(Guid id, Actor actor, string? reason, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            actor,
            "job.retried",
            reason,
            async (connection, row) =>
            {
                if (row.State is JobState.Queued or JobState.Running)
                    return CommandOutcome.Accepted;
                if (row.State is not (JobState.Failed or JobState.Cancelled))
                    return CommandOutcome.Refused(
                        $"A {row.State.Word()} job cannot be retried; only failed and cancelled ones can."
                    );
                await RetryStatement.RunAsync(connection, id);
                return await TellAsync(
                    connection,
                    row,
                    EventTypes.JobRetried,
                    $"Retried by {actor.Name}",
                    reason,
                    actor
                );
            },
            cancellationToken
        );

    private async Task<CommandOutcome> ChangeAsync(
        Guid id,
        Actor actor,
        string? action,
        string? reason,
        Func<NpgsqlConnection, CommandRow, Task<CommandOutcome>> change,
        CancellationToken cancellationToken,
        Func<Task>? after = null
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await CommandRow.LockAsync(connection, id, cancellationToken) is not { } row)
            return CommandOutcome.NotFound;
        var outcome = await change(connection, row);
        if (outcome.Result != CommandResult.Accepted)
            return outcome;
        if (action is not null && actor.IsAccountable)
            await AuditAsync(connection, transaction, row, new(actor, action, $"job:{id}"), reason, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        feed.Publish(await JobLog.ReadSinceAsync(connection, id, row.LastNo));
        if (row.State == JobState.Running)
            bells.Nudge(id);
        // A hand that another job rang may have taken this one already: that job needs one.
        if (row.State == JobState.Paused)
            bells.RingResume();
        await bells.RingForJobAsync(id, cancellationToken);
        if (after is not null)
            await after();
        return outcome;
    }

    /// <summary>Writes what a command changed. One that found the job as it wanted it changed nothing and is no line.</summary>
    private static async Task AuditAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        CommandRow before,
        AuditEntry entry,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var after = await CommandRow.LockAsync(connection, before.Id, cancellationToken);
        if (after is null || after.LastNo == before.LastNo)
            return;
        var line = entry with
        {
            TargetName = await NameOfAsync(connection, before.Id),
            Before = entry.Before ?? before.Told(),
            After = entry.After ?? after.Told(Texts.Clean(reason, 500)),
        };
        await AuditLog.AppendAsync(connection, transaction, line, cancellationToken);
    }

    private static Task<string?> NameOfAsync(NpgsqlConnection connection, Guid id) =>
        Sql.ScalarAsync<string>(connection, "SELECT name FROM jobs WHERE id = $1", id);

    private static async Task RequestAsync(
        NpgsqlConnection connection,
        Guid id,
        string flag,
        Actor actor,
        string? reason
    ) =>
        await Sql.ExecuteAsync(
            connection,
            $"UPDATE job_runs SET {flag} = true, requested_by = $2, request_reason = NULLIF($3, '') WHERE job_id = $1",
            id,
            actor.Name,
            Texts.Clean(reason, 500) ?? ""
        );

    private static async Task<CommandOutcome> TellAsync(
        NpgsqlConnection connection,
        CommandRow row,
        string type,
        string message,
        string? reason,
        Actor actor
    )
    {
        var text = string.IsNullOrWhiteSpace(reason) ? message : $"{message}: {Texts.Clean(reason, 500)}";
        await JobLog.AppendAsync(
            connection,
            row.Id,
            new EventRecord(type, text, EventData.Of(new { reason, from = actor.From }), Actor: actor.Name)
        );
        return CommandOutcome.Accepted;
    }

    private static Task<int> EndAsync(NpgsqlConnection connection, CommandRow row, string message, Actor actor) =>
        Sql.ExecuteAsync(
            connection,
            "SELECT ac_end($1, 'cancelled', 'cancelled', NULL, $2, $3)",
            row.Id,
            message,
            actor.Name
        );

    private async Task CancelChildrenAsync(Guid parent, Actor actor, CancellationToken cancellationToken)
    {
        var children = new List<Guid>();
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        await using (
            var command = Sql.Command(
                connection,
                "SELECT j.id FROM jobs j JOIN job_runs r ON r.job_id = j.id WHERE j.parent_id = $1 AND r.state NOT IN ('succeeded','failed','cancelled')",
                parent
            )
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                children.Add(reader.GetGuid(0));
        }
        foreach (var child in children)
            await CancelAsync(child, actor, "its parent was cancelled", asChild: true, cancellationToken);
    }
}
