using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Core.Events;
using AgentControl.Core.Json;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Approvals;

/// <summary>Brings a decision to its job: at once, or when it can no longer be taken back. Called under the job's row lock.</summary>
internal static class DecisionDelivery
{
    /// <summary>The answer of the agent's code, or the end of the job where a rejection means that.</summary>
    public static async Task TellAsync(
        NpgsqlConnection connection,
        Guid job,
        string key,
        string onReject,
        ApprovalOutcome outcome
    )
    {
        if (outcome.Decision == ApprovalDecision.Reject && onReject == "cancel")
            await ApprovalEnds.EndAsync(
                connection,
                job,
                "cancelled",
                "rejected",
                $"Rejected by {outcome.DecidedBy}: {outcome.Comment}"
            );
        else
            await JobLog.AnswerAsync(connection, job, key, JournalJson.Serialize(outcome), fast: true);
    }

    /// <summary>The wait rings at this time, and its job says so; null leaves it without a time.</summary>
    public static Task ScheduleAsync(
        NpgsqlConnection connection,
        Guid job,
        string key,
        Guid approval,
        DateTimeOffset? at
    ) =>
        Sql.ExecuteAsync(
            connection,
            """
            WITH w AS (UPDATE waits SET due_at = $4 WHERE job_id = $1 AND key = $2)
            UPDATE job_runs SET waiting_until = $4 WHERE job_id = $1 AND waiting_approval = $3
            """,
            job,
            key,
            approval,
            at?.UtcDateTime
        );

    /// <summary>Delivers what was decided once its grace is over; null where there is nothing to deliver.</summary>
    public static async Task<LiveEvent?> DeliverAsync(NpgsqlConnection connection, Guid job, string key, Guid approval)
    {
        await using var command = Sql.Command(
            connection,
            """
            UPDATE approvals SET deliver_at = NULL WHERE id = $1 AND state <> 'pending' AND deliver_at <= ac_now()
            RETURNING state, comment, value, decided_by, encode(sha256, 'hex'), on_reject, title
            """,
            approval
        );
        ApprovalOutcome outcome;
        string onReject,
            title;
        await using (var row = await command.ExecuteReaderAsync())
        {
            if (!await row.ReadAsync())
                return null;
            string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
            outcome = new ApprovalOutcome(
                PendingApproval.DecisionOf(row.GetString(0)),
                Expired: false,
                Text(1) is { Length: > 0 } comment ? comment : null,
                Text(2) is { } value ? JsonElement.Parse(value) : null,
                Text(3),
                row.GetString(4)
            );
            (onReject, title) = (row.GetString(5), row.GetString(6));
        }
        var line = await JobLog.AppendAsync(
            connection,
            job,
            new(
                EventTypes.JobResumed,
                $"The decision of {outcome.DecidedBy} is sent: {title}",
                EventData.Of(new { key, approvalId = approval })
            )
        );
        await TellAsync(connection, job, key, onReject, outcome);
        return line;
    }
}
