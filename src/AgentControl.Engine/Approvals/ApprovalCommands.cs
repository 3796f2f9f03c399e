using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Core.Events;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Approvals;

/// <summary>People's decisions: each is one transaction with the journal's answer and the wake-up.</summary>
public sealed class ApprovalCommands
{
    private readonly NpgsqlDataSource database;
    private readonly EventFeed feed;
    private readonly Bells bells;

    internal ApprovalCommands(NpgsqlDataSource database, EventFeed feed, Bells bells) =>
        (this.database, this.feed, this.bells) = (database, feed, bells);

    /// <summary>Refuses whoever may not decide, by <see cref="ApprovalAccess"/>.</summary>
    /// <param name="revision">The revision that was shown: another one is refused.</param>
    public async Task<DecideOutcome> DecideAsync(
        Guid id,
        ApprovalDecision decision,
        int revision,
        string? comment,
        JsonElement? value,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        comment = Texts.Clean(comment, int.MaxValue);
        var actor = caller.Actor;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await PendingApproval.LockAsync(connection, id) is not { } shown)
            return new DecideOutcome.NotFound();
        var job = shown.JobId;
        if (shown.State != "pending")
            return new DecideOutcome.AlreadyDecided(shown.State, shown.DecidedBy, shown.DecidedAt, shown.Comment);
        // Under the lock: who may decide can have changed since the request was shown.
        if (ApprovalAccess.Refusal(shown.Turn, caller) is { } refusal)
            return new DecideOutcome.Forbidden(refusal);
        if (shown.Revision != revision)
            return new DecideOutcome.Changed(shown.Revision);
        if (shown.Check(decision, comment, value) is { } errors)
            return new DecideOutcome.Invalid(errors);
        var events = new List<LiveEvent>();
        var missing = await VoteAsync(connection, shown, decision, comment, actor, events);
        if (missing == 0)
            await CloseAsync(connection, shown, decision, comment, value, actor, events);
        await AuditAsync(connection, transaction, shown, decision, comment, value, missing, actor, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        // First of all the hand that goes on with the job: people wait for it.
        if (missing == 0)
            bells.RingResume();
        feed.Publish(
            decision == ApprovalDecision.Reject
                ? await JobLog.ReadSinceAsync(connection, job, events[0].No - 1)
                : events
        );
        if (decision == ApprovalDecision.Reject)
        {
            // A refusal may end the job while other branches of it run.
            bells.Nudge(job);
            await bells.RingForJobAsync(job, cancellationToken);
        }
        return new DecideOutcome.Decided(
            id,
            job,
            missing == 0 ? PendingApproval.StateOf(decision) : "pending",
            missing
        );
    }

    /// <summary>Records the vote; returns how many more are needed. Anything but an approval decides at once.</summary>
    private static async Task<int> VoteAsync(
        NpgsqlConnection connection,
        PendingApproval shown,
        ApprovalDecision decision,
        string? comment,
        Actor actor,
        List<LiveEvent> events
    )
    {
        await Sql.ExecuteAsync(
            connection,
            "INSERT INTO approval_votes (approval_id, voter, voter_name, decision, revision, comment, at) VALUES ($1, $2, $3, $4, $5, $6, ac_now()) ON CONFLICT DO NOTHING",
            shown.Id,
            actor.Voter,
            actor.Name,
            PendingApproval.Word(decision),
            shown.Revision,
            comment ?? ""
        );
        if (decision != ApprovalDecision.Approve || shown.Required <= 1)
            return 0;
        var votes = await Sql.ScalarAsync<long>(
            connection,
            "SELECT count(*) FROM approval_votes WHERE approval_id = $1 AND revision = $2 AND decision = 'approve'",
            shown.Id,
            shown.Revision
        );
        var missing = Math.Max(0, shown.Required - (int)votes);
        if (missing > 0)
            events.Add(
                await JobLog.AppendAsync(
                    connection,
                    shown.JobId,
                    new(
                        EventTypes.ApprovalVoted,
                        $"{actor.Name} approved '{shown.Title}', {missing} more needed",
                        EventData.Of(new { approvalId = shown.Id, missing }),
                        Actor: actor.Name
                    )
                )
            );
        return missing;
    }

    private static Task AuditAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        PendingApproval shown,
        ApprovalDecision decision,
        string? comment,
        JsonElement? value,
        int missing,
        Actor actor,
        CancellationToken cancellationToken
    ) =>
        AuditLog.AppendAsync(
            connection,
            transaction,
            new(actor, missing > 0 ? "approval.voted" : "approval.decided", $"approval:{shown.Id}")
            {
                TargetName = shown.Title,
                Before = new { shown.State, shown.Revision },
                After = new
                {
                    State = missing > 0 ? shown.State : PendingApproval.StateOf(decision),
                    Decision = PendingApproval.Word(decision),
                    Missing = missing > 0 ? missing : (int?)null,
                    Comment = string.IsNullOrWhiteSpace(comment) ? null : comment,
                    Value = value,
                    shown.Sha256,
                    Job = shown.JobId,
                },
            },
            cancellationToken
        );

    private static async Task CloseAsync(
        NpgsqlConnection connection,
        PendingApproval shown,
        ApprovalDecision decision,
        string? comment,
        JsonElement? value,
        Actor actor,
        List<LiveEvent> events
    )
    {
        await using (
            var close = Sql.Command(
                connection,
                "UPDATE approvals SET state = $2, decided_at = ac_now(), decided_by = $3, decided_from = $4, comment = $5, value = $6 WHERE id = $1 AND state = 'pending'",
                shown.Id,
                PendingApproval.StateOf(decision),
                actor.Name,
                actor.From ?? "",
                comment ?? ""
            )
        )
        {
            close.Parameters.Add(
                new NpgsqlParameter
                {
                    Value = (object?)value?.GetRawText() ?? DBNull.Value,
                    NpgsqlDbType = NpgsqlDbType.Text,
                }
            );
            await close.ExecuteNonQueryAsync();
        }
        events.Add(
            await JobLog.AppendAsync(
                connection,
                shown.JobId,
                new(
                    EventTypes.ApprovalDecided,
                    $"{actor.Name}: {PendingApproval.StateOf(decision)} '{shown.Title}'"
                        + (string.IsNullOrWhiteSpace(comment) ? "" : $" — {comment}"),
                    EventData.Of(
                        new
                        {
                            approvalId = shown.Id,
                            decision,
                            comment,
                            sha256 = shown.Sha256,
                        }
                    ),
                    Actor: actor.Name
                )
            )
        );
        if (decision == ApprovalDecision.Reject && shown.OnReject == "cancel")
        {
            await ApprovalEnds.EndAsync(
                connection,
                shown.JobId,
                "cancelled",
                "rejected",
                $"Rejected by {actor.Name}: {comment}"
            );
            return;
        }
        var outcome = new ApprovalOutcome(decision, Expired: false, comment, value, actor.Name, shown.Sha256);
        await JobLog.AnswerAsync(connection, shown.JobId, shown.Key, JournalJson.Serialize(outcome), fast: true);
    }
}
