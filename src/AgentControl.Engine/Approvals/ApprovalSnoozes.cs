using AgentControl.Core.Events;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Approvals;

/// <summary>Takes a request out of one person's way until a time of their choice. Others are asked as before, and its own time goes on.</summary>
public sealed class ApprovalSnoozes(NpgsqlDataSource database, EventFeed feed)
{
    internal const string Due = "FROM approval_snoozes WHERE until <= ac_now()";
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>A time in seconds as it was given; what is no time at all is out of bounds.</summary>
    public static TimeSpan? Time(double? seconds) =>
        seconds is not { } given ? null
        : double.IsFinite(given) && Math.Abs(given) < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(given)
        : TimeSpan.MaxValue;

    /// <param name="after">1 minute to 30 days; null asks again at once.</param>
    public async Task<DecideOutcome> SnoozeAsync(
        Guid id,
        TimeSpan? after,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (after is { } time && (time < Shortest || time > Longest))
            return new DecideOutcome.Invalid(
                new Dictionary<string, string[]>(StringComparer.Ordinal)
                {
                    ["afterSeconds"] =
                    [
                        $"Use {Shortest.TotalSeconds} to {Longest.TotalSeconds:0} seconds, or null to be asked again now.",
                    ],
                }
            );
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await PendingApproval.LockAsync(connection, id) is not { } shown)
            return new DecideOutcome.NotFound();
        if (shown.State != "pending")
            return new DecideOutcome.AlreadyDecided(shown.State, shown.DecidedBy, shown.DecidedAt, shown.Comment);
        var voter = caller.Actor.Voter;
        DateTimeOffset? until = null;
        if (after is { } wait)
            until = new DateTimeOffset(
                await Sql.ScalarAsync<DateTime>(
                    connection,
                    """
                    INSERT INTO approval_snoozes (approval_id, voter, voter_name, until) VALUES ($1, $2, $3, ac_now() + $4)
                    ON CONFLICT (approval_id, voter) DO UPDATE SET until = EXCLUDED.until RETURNING until
                    """,
                    id,
                    voter,
                    caller.Actor.Name,
                    wait
                )
            );
        else
            await Sql.ExecuteAsync(
                connection,
                "DELETE FROM approval_snoozes WHERE approval_id = $1 AND voter = $2",
                id,
                voter
            );
        var line = await JobLog.AppendAsync(
            connection,
            shown.JobId,
            new(
                EventTypes.ApprovalSnoozed,
                until is null
                    ? $"{caller.Actor.Name} takes up '{shown.Title}' again"
                    : $"{caller.Actor.Name} will be asked again about '{shown.Title}'",
                EventData.Of(
                    new
                    {
                        approvalId = id,
                        voter,
                        until,
                    }
                ),
                Actor: caller.Actor.Name
            )
        );
        await AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(caller.Actor, "approval.snoozed", $"approval:{id}")
            {
                TargetName = shown.Title,
                After = new { Until = until },
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        feed.Publish([line]);
        return new DecideOutcome.Decided(id, shown.JobId, "pending", shown.Required);
    }

    /// <summary>Asks again whose time has come, in the log that notifications are made from.</summary>
    internal static async Task WakeAsync(
        NpgsqlConnection connection,
        int most,
        EventFeed feed,
        CancellationToken cancellationToken
    )
    {
        var due = new List<(Guid Approval, string Voter, Guid Job)>();
        await using (
            var command = Sql.Command(
                connection,
                "SELECT s.approval_id, s.voter, a.job_id FROM approval_snoozes s JOIN approvals a ON a.id = s.approval_id WHERE s.until <= ac_now() ORDER BY s.until LIMIT $1",
                most
            )
        )
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
                due.Add((row.GetGuid(0), row.GetString(1), row.GetGuid(2)));
        }
        foreach (var (approval, voter, job) in due)
            await EndAsync(connection, approval, voter, job, feed, cancellationToken);
    }

    private static async Task EndAsync(
        NpgsqlConnection connection,
        Guid approval,
        string voter,
        Guid job,
        EventFeed feed,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await JobLog.LockAsync(connection, job);
        (string Name, string Title)? open = null;
        await using (
            var command = Sql.Command(
                connection,
                """
                WITH ended AS (DELETE FROM approval_snoozes WHERE approval_id = $1 AND voter = $2 AND until <= ac_now() RETURNING voter_name)
                SELECT e.voter_name, a.title FROM ended e JOIN approvals a ON a.id = $1 AND a.state = 'pending'
                """,
                approval,
                voter
            )
        )
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (await row.ReadAsync(cancellationToken))
                open = (row.GetString(0), row.GetString(1));
        }
        var line = open is var (name, title)
            ? await JobLog.AppendAsync(
                connection,
                job,
                new(
                    EventTypes.ApprovalSnoozeEnded,
                    $"{name} wanted to be asked again: {title}",
                    EventData.Of(new { approvalId = approval, voter })
                )
            )
            : null;
        await transaction.CommitAsync(cancellationToken);
        if (line is not null)
            feed.Publish([line]);
    }
}
