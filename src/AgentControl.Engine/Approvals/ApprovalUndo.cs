using AgentControl.Core.Events;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Approvals;

/// <summary>Takes a decision back while its agent has not heard of it. Only who decided may, and only within the grace time.</summary>
public sealed class ApprovalUndo(NpgsqlDataSource database, EventFeed feed)
{
    public async Task<DecideOutcome> UndoAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var voter = caller.Actor.Voter;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await PendingApproval.LockAsync(connection, id) is not { } shown)
            return new DecideOutcome.NotFound();
        // The agent hears of it under the same lock: it is one or the other.
        await using var command = Sql.Command(
            connection,
            """
            UPDATE approvals SET state = 'pending', decided_at = NULL, decided_by = NULL, decided_from = NULL, decided_voter = NULL, comment = NULL, value = NULL, deliver_at = NULL
             WHERE id = $1 AND state <> 'pending' AND decided_voter = $2 AND deliver_at > ac_now()
               AND EXISTS (SELECT 1 FROM waits w WHERE w.approval_id = $1) RETURNING deadline
            """,
            id,
            voter
        );
        DateTimeOffset? deadline;
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken))
                return TooLate(shown);
            deadline = await row.IsDBNullAsync(0, cancellationToken) ? null : row.GetFieldValue<DateTimeOffset>(0);
        }
        await Sql.ExecuteAsync(
            connection,
            "DELETE FROM approval_votes WHERE approval_id = $1 AND voter = $2 AND revision = $3",
            id,
            voter,
            shown.Revision
        );
        await DecisionDelivery.ScheduleAsync(connection, shown.JobId, shown.Key, id, deadline);
        var line = await JobLog.AppendAsync(
            connection,
            shown.JobId,
            new(
                EventTypes.ApprovalUndone,
                $"{caller.Actor.Name} took back: {shown.State} '{shown.Title}'",
                EventData.Of(new { approvalId = id, was = shown.State }),
                Actor: caller.Actor.Name
            )
        );
        await AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(caller.Actor, "approval.undone", $"approval:{id}")
            {
                TargetName = shown.Title,
                Before = new { shown.State, shown.Comment },
                After = new { State = "pending" },
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        feed.Publish([line]);
        return new DecideOutcome.Decided(id, shown.JobId, "pending", shown.Required);
    }

    private static DecideOutcome TooLate(PendingApproval shown) =>
        shown.State == "pending"
            ? new DecideOutcome.Forbidden("Nothing is decided yet: there is nothing to take back.")
            : new DecideOutcome.AlreadyDecided(shown.State, shown.DecidedBy, shown.DecidedAt, shown.Comment);
}
