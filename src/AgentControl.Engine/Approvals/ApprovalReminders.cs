using AgentControl.Core.Events;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Approvals;

/// <summary>Reminds people of what waits for them, as often as the request says, in the log that notifications are made from.</summary>
internal static class ApprovalReminders
{
    public const string Due = "FROM approvals WHERE state = 'pending' AND next_reminder <= ac_now()";

    public static async Task TellAsync(
        NpgsqlConnection connection,
        int most,
        EventFeed feed,
        CancellationToken cancellationToken
    )
    {
        var due = new List<(Guid Id, Guid Job)>();
        await using (
            var command = Sql.Command(connection, $"SELECT id, job_id {Due} ORDER BY next_reminder LIMIT $1", most)
        )
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
                due.Add((row.GetGuid(0), row.GetGuid(1)));
        }
        foreach (var (id, job) in due)
            await RemindAsync(connection, id, job, feed, cancellationToken);
    }

    private static async Task RemindAsync(
        NpgsqlConnection connection,
        Guid id,
        Guid job,
        EventFeed feed,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // The job's row first, then the approval: every writer takes locks in this order.
        await JobLog.LockAsync(connection, job);
        string title;
        int times;
        string[] approvers;
        await using (
            var command = Sql.Command(
                connection,
                """
                UPDATE approvals SET reminded = reminded + 1, next_reminder = ac_now() + remind_every
                 WHERE id = $1 AND state = 'pending' AND next_reminder <= ac_now() RETURNING title, reminded, approvers
                """,
                id
            )
        )
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            // Somebody decided meanwhile, or another process was first.
            if (!await row.ReadAsync(cancellationToken))
                return;
            (title, times, approvers) = (row.GetString(0), row.GetInt32(1), row.GetFieldValue<string[]>(2));
        }
        var line = await JobLog.AppendAsync(
            connection,
            job,
            new(
                EventTypes.ApprovalReminded,
                $"Still waits for a person: {title}",
                EventData.Of(
                    new
                    {
                        approvalId = id,
                        times,
                        approvers,
                    }
                )
            )
        );
        await transaction.CommitAsync(cancellationToken);
        feed.Publish([line]);
    }
}
