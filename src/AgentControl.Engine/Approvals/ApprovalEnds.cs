using System.Text;
using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Core.Events;
using AgentControl.Core.Json;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Approvals;

/// <summary>Turns the end of an approval into the agent's answer, or into the end of the job. Called under the job's row lock.</summary>
internal static class ApprovalEnds
{
    /// <summary>Nobody decided in time; null where it was decided first.</summary>
    public static async Task<LiveEvent?> ExpireAsync(NpgsqlConnection connection, Guid job, string key, Guid approval)
    {
        if (await EscalateAsync(connection, job, key, approval) is { } escalated)
            return escalated;
        await using var command = Sql.Command(
            connection,
            """
            UPDATE approvals SET state = 'expired', decided_at = ac_now(), decided_by = 'system'
             WHERE id = $1 AND state = 'pending' AND deadline <= ac_now() RETURNING on_expire, title, encode(sha256, 'hex'), on_reject
            """,
            approval
        );
        string onExpire,
            title,
            sha256,
            onReject;
        await using (var reader = await command.ExecuteReaderAsync())
        {
            if (!await reader.ReadAsync())
                return null;
            (onExpire, title, sha256, onReject) = (
                reader.GetString(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetString(3)
            );
        }
        var decision = onExpire == "approve" ? ApprovalDecision.Approve : ApprovalDecision.Reject;
        var line = await JobLog.AppendAsync(
            connection,
            job,
            new(
                EventTypes.ApprovalExpired,
                $"Nobody decided '{title}' in time: {onExpire}",
                EventData.Of(new { approvalId = approval, onExpire }),
                "warning"
            )
        );
        var outcome = new ApprovalOutcome(decision, Expired: true, "Nobody decided in time.", null, null, sha256);
        if (onExpire == "fail")
            await EndAsync(connection, job, "failed", "approvalExpired", $"Nobody decided '{title}' in time");
        else if (decision == ApprovalDecision.Reject && onReject == "cancel")
            await EndAsync(connection, job, "cancelled", "rejected", $"Nobody decided '{title}' in time");
        else
            await JobLog.AnswerAsync(connection, job, key, JournalJson.Serialize(outcome), fast: true);
        return line;
    }

    /// <summary>Where the request says so, the next people may decide too, and get as much time; behind the last of them everyone with the approver role may, and there is no more deadline. Null for any other.</summary>
    private static async Task<LiveEvent?> EscalateAsync(
        NpgsqlConnection connection,
        Guid job,
        string key,
        Guid approval
    )
    {
        await using var command = Sql.Command(
            connection,
            """
            UPDATE approvals a SET deadline = CASE WHEN o.next IS NOT NULL THEN ac_now() + a.decide_within END, escalate_to = a.escalate_to[2:],
                   approvers = CASE WHEN o.next IS NULL OR cardinality(a.approvers) = 0 THEN '{}' ELSE a.approvers || o.next END
              FROM (SELECT id, escalate_to[1] AS next FROM approvals WHERE id = $1) o
             WHERE a.id = o.id AND a.state = 'pending' AND a.deadline <= ac_now() AND a.on_expire = 'escalate' RETURNING a.title, o.next, a.deadline
            """,
            approval
        );
        string title;
        string? next;
        DateTimeOffset? deadline;
        await using (var row = await command.ExecuteReaderAsync())
        {
            if (!await row.ReadAsync())
                return null;
            (title, next) = (row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1));
            deadline = row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2);
        }
        await DecisionDelivery.ScheduleAsync(connection, job, key, approval, deadline);
        return await JobLog.AppendAsync(
            connection,
            job,
            new(
                EventTypes.ApprovalEscalated,
                next is null
                    ? $"Nobody decided '{title}' in time: every approver may decide now"
                    : $"Nobody decided '{title}' in time: {next} may decide now too",
                EventData.Of(new { approvalId = approval, to = next }),
                "warning"
            )
        );
    }

    /// <summary>The job's own end by a decision: at once where it is parked, by request where other branches still run.</summary>
    public static async Task EndAsync(
        NpgsqlConnection connection,
        Guid job,
        string state,
        string outcome,
        string message
    )
    {
        var current = await Sql.ScalarAsync<string>(connection, "SELECT state FROM job_runs WHERE job_id = $1", job);
        if (current == "running")
        {
            await Sql.ExecuteAsync(
                connection,
                "UPDATE job_runs SET cancel_requested = true, outcome = $2, requested_by = 'AgentControl', request_reason = $3 WHERE job_id = $1",
                job,
                outcome,
                message
            );
            return;
        }
        await Sql.ExecuteAsync(
            connection,
            "UPDATE job_runs SET requested_by = 'AgentControl', request_reason = $2 WHERE job_id = $1",
            job,
            message
        );
        var error =
            state == "failed"
                ? JsonSerializer.Serialize(new Core.Jobs.JobFailure(outcome, message), JournalJson.Options)
                : null;
        await Sql.ExecuteAsync(
            connection,
            "SELECT ac_end($1, $2, $3, $4, $5, $6)",
            job,
            state,
            outcome,
            error,
            message,
            "system"
        );
    }
}
