using AgentControl.Core.Anomalies;
using AgentControl.Core.Events;
using AgentControl.Core.Json;
using AgentControl.Core.Waits;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Waits;

/// <summary>Opens waits under the job's lease: rows, approvals and events in one transaction.</summary>
internal sealed class WaitStore(NpgsqlDataSource database, EventFeed feed, TimerWaker timers, AnomalyRules rules)
{
    private const string InsertWait = """
        INSERT INTO waits (job_id, key, group_key, kind, target, at_least, approval_id, since, due_at)
        VALUES (@job, @key, @group, @kind, @target, @at_least, @approval, ac_now(), ac_now() + @due) ON CONFLICT DO NOTHING
        """;

    public async Task<OpenedAnswer?> OpenAsync(
        JobPen pen,
        LeasedJob job,
        IReadOnlyList<OpenWait> waits,
        IReadOnlyList<EventRecord> riding
    )
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var asked = await AskedApproval.OfAsync(connection, job, waits);
        var written = await JobLog.FenceAndAppendAsync(
            connection,
            pen,
            [.. riding, .. asked.Values.Select(a => a.Requested).OfType<EventRecord>()]
        );
        var timed = false;
        foreach (var wait in waits)
            timed |= await InsertAsync(connection, job, wait, asked.GetValueOrDefault(wait.Key));
        var answer = await ReadyAsync(connection, pen.JobId, waits, asked);
        await transaction.CommitAsync();
        feed.Publish([.. written, .. answer.Events]);
        if (timed)
            timers.Ring();
        return answer.Opened;
    }

    /// <summary>Whether it is due at some time.</summary>
    private async Task<bool> InsertAsync(
        NpgsqlConnection connection,
        LeasedJob job,
        OpenWait wait,
        AskedApproval? asked
    )
    {
        var due = asked is null ? wait.DueIn : asked.Request.DecideWithin;
        if (asked is not null)
            await asked.InsertAsync(connection, OverdueApprovals.After(due, rules));
        await using var command = new NpgsqlCommand(InsertWait, connection);
        void Add(string name, NpgsqlDbType type, object? value) =>
            command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
        Add("job", NpgsqlDbType.Uuid, job.Id);
        Add("key", NpgsqlDbType.Text, wait.Key);
        Add("group", NpgsqlDbType.Text, wait.GroupKey);
        Add("kind", NpgsqlDbType.Text, wait.Kind);
        Add("target", NpgsqlDbType.Text, Texts.Clean(wait.Target, 500));
        Add("at_least", NpgsqlDbType.Integer, wait.AtLeast);
        Add("approval", NpgsqlDbType.Uuid, wait.ApprovalId);
        Add("due", NpgsqlDbType.Interval, due);
        await command.ExecuteNonQueryAsync();
        return due is not null;
    }

    /// <summary>A signal in the mailbox, children that have ended already, or a standing rule answer the wait as it opens.</summary>
    private static async Task<(OpenedAnswer? Opened, IReadOnlyList<LiveEvent> Events)> ReadyAsync(
        NpgsqlConnection connection,
        Guid jobId,
        IReadOnlyList<OpenWait> waits,
        IReadOnlyDictionary<string, AskedApproval> asked
    )
    {
        var ruled = new List<LiveEvent>();
        for (var index = 0; index < waits.Count; index++)
        {
            var wait = waits[index];
            EventRecord? said;
            byte[]? value;
            if (asked.GetValueOrDefault(wait.Key) is { Rule: not null } approval)
            {
                (said, value) = (approval.Decided, await approval.AnswerAsync(connection));
                // A rejection that ends the job: its attempt finds that when it parks.
                if (value is null)
                {
                    ruled.Add(await JobLog.AppendAsync(connection, jobId, said!));
                    continue;
                }
            }
            else
            {
                value = wait.Kind switch
                {
                    "signal" => await TakeSignalAsync(connection, jobId, wait),
                    "children" => await CountChildrenAsync(connection, jobId, wait),
                    _ => null,
                };
                said = new(
                    wait.Kind == "signal" ? EventTypes.SignalReceived : EventTypes.JobResumed,
                    $"{wait.Target} was there already"
                );
            }
            if (value is null)
                continue;
            var line = await JobLog.AppendAsync(connection, jobId, said!);
            await JobLog.AnswerAsync(connection, jobId, wait.Key, value, fast: false);
            // The attempt goes on with the answer: it is no wake-up that its parking would miss.
            await Sql.ExecuteAsync(connection, "UPDATE job_runs SET wakes = wakes - 1 WHERE job_id = $1", jobId);
            return (new OpenedAnswer(index, value, line.At), [.. ruled, line]);
        }
        return (null, ruled);
    }

    private static async Task<byte[]?> TakeSignalAsync(NpgsqlConnection connection, Guid jobId, OpenWait wait) =>
        await Sql.ScalarAsync<byte[]>(
            connection,
            """
            UPDATE signals SET taken_by = $3 WHERE id = (SELECT id FROM signals WHERE job_id = $1 AND name = $2 AND taken_by IS NULL ORDER BY id LIMIT 1)
            RETURNING value
            """,
            jobId,
            wait.Target!,
            wait.Key
        );

    private static async Task<byte[]?> CountChildrenAsync(NpgsqlConnection connection, Guid jobId, OpenWait wait)
    {
        await using var command = new NpgsqlCommand(
            "SELECT total, succeeded, failed, cancelled FROM child_groups WHERE parent_id = $1 AND key = $2",
            connection
        );
        command.Parameters.Add(new() { Value = jobId });
        command.Parameters.Add(new() { Value = wait.Target! });
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
            return wait.AtLeast == 0 ? JournalJson.Serialize(new ChildCounts(0, 0, 0, 0, 0)) : null;
        var (total, succeeded, failed, cancelled) = (
            reader.GetInt32(0),
            reader.GetInt32(1),
            reader.GetInt32(2),
            reader.GetInt32(3)
        );
        var ended = succeeded + failed + cancelled;
        return ended >= Math.Min(wait.AtLeast ?? total, total)
            ? JournalJson.Serialize(new ChildCounts(total, ended, succeeded, failed, cancelled))
            : null;
    }
}
