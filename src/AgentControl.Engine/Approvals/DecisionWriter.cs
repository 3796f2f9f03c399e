using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Core.Events;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Approvals;

/// <summary>What a person says to a request.</summary>
internal sealed record Decision(ApprovalDecision Kind, string? Comment, JsonElement? Value, Actor By);

/// <summary>A decision as it stands in its transaction, to be told after the commit.</summary>
/// <param name="Missing">How many more must approve; zero where it is decided.</param>
/// <param name="DeliverAt">When the agent hears of it, where it can still be taken back; null where it has heard.</param>
internal sealed record WrittenDecision(int Missing, DateTimeOffset? DeliverAt, IReadOnlyList<LiveEvent> Events)
{
    public bool Delivered => Missing == 0 && DeliverAt is null;
}

/// <summary>Writes a decision that was checked: the vote, the decision, and the agent's answer or the end of the job. Called under the locks of <see cref="PendingApproval.LockAsync"/>.</summary>
internal static class DecisionWriter
{
    public static async Task<WrittenDecision> WriteAsync(
        NpgsqlConnection connection,
        PendingApproval shown,
        Decision decision
    )
    {
        var events = new List<LiveEvent>();
        var missing = await VoteAsync(connection, shown, decision, events);
        var deliverAt = missing == 0 ? await CloseAsync(connection, shown, decision, events) : null;
        await AuditAsync(connection, shown, decision, missing);
        return new WrittenDecision(missing, deliverAt, events);
    }

    private static Task AuditAsync(
        NpgsqlConnection connection,
        PendingApproval shown,
        Decision decision,
        int missing
    ) =>
        AuditLog.AppendAsync(
            connection,
            null,
            new(decision.By, missing > 0 ? "approval.voted" : "approval.decided", $"approval:{shown.Id}")
            {
                TargetName = shown.Title,
                Before = new { shown.State, shown.Revision },
                After = new
                {
                    State = missing > 0 ? shown.State : PendingApproval.StateOf(decision.Kind),
                    Decision = PendingApproval.Word(decision.Kind),
                    Missing = missing > 0 ? missing : (int?)null,
                    Comment = string.IsNullOrWhiteSpace(decision.Comment) ? null : decision.Comment,
                    decision.Value,
                    shown.Sha256,
                    Job = shown.JobId,
                },
            },
            CancellationToken.None
        );

    /// <summary>Records the vote; returns how many more are needed. Anything but an approval decides at once.</summary>
    private static async Task<int> VoteAsync(
        NpgsqlConnection connection,
        PendingApproval shown,
        Decision decision,
        List<LiveEvent> events
    )
    {
        await Sql.ExecuteAsync(
            connection,
            "INSERT INTO approval_votes (approval_id, voter, voter_name, decision, revision, comment, at) VALUES ($1, $2, $3, $4, $5, $6, ac_now()) ON CONFLICT DO NOTHING",
            shown.Id,
            decision.By.Voter,
            decision.By.Name,
            PendingApproval.Word(decision.Kind),
            shown.Revision,
            decision.Comment ?? ""
        );
        if (decision.Kind != ApprovalDecision.Approve || shown.Required <= 1)
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
                        $"{decision.By.Name} approved '{shown.Title}', {missing} more needed",
                        EventData.Of(new { approvalId = shown.Id, missing }),
                        Actor: decision.By.Name
                    )
                )
            );
        return missing;
    }

    private static async Task<DateTimeOffset?> CloseAsync(
        NpgsqlConnection connection,
        PendingApproval shown,
        Decision decision,
        List<LiveEvent> events
    )
    {
        var state = PendingApproval.StateOf(decision.Kind);
        var by = decision.By;
        DateTimeOffset? deliverAt;
        await using (
            var close = Sql.Command(
                connection,
                """
                UPDATE approvals SET state = $2, decided_at = ac_now(), decided_by = $3, decided_from = $4, decided_voter = $5, comment = $6, value = $7,
                       info_asked_by = NULL, deliver_at = CASE WHEN grace > interval '0' THEN ac_now() + grace END
                 WHERE id = $1 AND state = 'pending' RETURNING deliver_at
                """,
                shown.Id,
                state,
                by.Name,
                by.From ?? "",
                by.Voter,
                decision.Comment ?? ""
            )
        )
        {
            close.Parameters.Add(
                new NpgsqlParameter
                {
                    Value = (object?)decision.Value?.GetRawText() ?? DBNull.Value,
                    NpgsqlDbType = NpgsqlDbType.Text,
                }
            );
            deliverAt = await close.ExecuteScalarAsync() is DateTime at ? new DateTimeOffset(at) : null;
        }
        events.Add(
            await JobLog.AppendAsync(
                connection,
                shown.JobId,
                new(
                    EventTypes.ApprovalDecided,
                    $"{by.Name}: {state} '{shown.Title}'"
                        + (string.IsNullOrWhiteSpace(decision.Comment) ? "" : $" — {decision.Comment}"),
                    EventData.Of(
                        new
                        {
                            approvalId = shown.Id,
                            decision = decision.Kind,
                            comment = decision.Comment,
                            sha256 = shown.Sha256,
                            deliverAt,
                        }
                    ),
                    Actor: by.Name
                )
            )
        );
        if (deliverAt is null)
            await DecisionDelivery.TellAsync(
                connection,
                shown.JobId,
                shown.Key,
                shown.OnReject,
                new ApprovalOutcome(
                    decision.Kind,
                    Expired: false,
                    decision.Comment,
                    decision.Value,
                    by.Name,
                    shown.Sha256
                )
            );
        else
            await DecisionDelivery.ScheduleAsync(connection, shown.JobId, shown.Key, shown.Id, deliverAt);
        return deliverAt;
    }
}
