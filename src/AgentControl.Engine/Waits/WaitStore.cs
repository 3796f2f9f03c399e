using System.Text.Json;
using AgentControl.Core.Anomalies;
using AgentControl.Core.Approvals;
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
    private const int MaxBody = 100_000;

    private const string InsertWait = """
        INSERT INTO waits (job_id, key, group_key, kind, target, at_least, approval_id, since, due_at)
        VALUES (@job, @key, @group, @kind, @target, @at_least, @approval, ac_now(), ac_now() + @due) ON CONFLICT DO NOTHING
        """;

    private const string InsertApproval = """
        INSERT INTO approvals (id, job_id, key, generation, workspace, kind, title, body, content, content_type, edit_schema, sha256, revision, decisions, options,
                               required, approvers, not_starter, starter, high_risk, escalate_to, decide_within, remind_every, next_reminder, reminded,
                               requested_at, deadline, remind_at, on_expire, on_reject, state)
        VALUES (@approval, @job, @key, @generation, @workspace, @a_kind, @title, @body, @content, @content_type, @edit_schema, @sha256, 1, @decisions, @options,
                @required, @approvers, @not_starter, @starter, @high_risk, @escalate_to, @due, @remind_every, ac_now() + @remind_every, 0,
                ac_now(), ac_now() + @due, ac_now() + @remind, @on_expire, @on_reject, 'pending') ON CONFLICT DO NOTHING
        """;

    public async Task<OpenedAnswer?> OpenAsync(
        JobPen pen,
        LeasedJob job,
        IReadOnlyList<OpenWait> waits,
        IReadOnlyList<EventRecord> riding
    )
    {
        var events = new List<EventRecord>(riding);
        events.AddRange(waits.Where(w => w.Approval is not null).Select(Requested));
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var written = await JobLog.FenceAndAppendAsync(connection, pen, events);
        var terms = waits.Any(w => w.Approval is not null) ? await JobTerms.OfAsync(connection, job.Id) : null;
        var timed = false;
        foreach (var wait in waits)
            timed |= await InsertAsync(connection, job, wait, terms);
        var answer = await ReadyAsync(connection, pen.JobId, waits);
        await transaction.CommitAsync();
        feed.Publish(answer.Event is null ? written : [.. written, answer.Event]);
        if (timed)
            timers.Ring();
        return answer.Opened;
    }

    private static EventRecord Requested(OpenWait wait) =>
        new(
            EventTypes.ApprovalRequested,
            wait.Approval!.Title,
            EventData.Of(
                new
                {
                    approvalId = wait.ApprovalId,
                    kind = wait.Approval.Kind,
                    key = wait.Key,
                }
            )
        );

    /// <summary>Whether it is due at some time.</summary>
    private async Task<bool> InsertAsync(NpgsqlConnection connection, LeasedJob job, OpenWait wait, JobTerms? terms)
    {
        var asked = wait.Approval is { } original ? terms!.Over(original) : null;
        var due = asked is null ? wait.DueIn : asked.DecideWithin;
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
        if (asked is { } request)
        {
            command.CommandText = InsertApproval + ";" + InsertWait;
            Add("remind", NpgsqlDbType.Interval, OverdueApprovals.After(due, rules));
            Add("generation", NpgsqlDbType.Integer, job.Generation);
            Add("workspace", NpgsqlDbType.Text, job.Workspace);
            Add("a_kind", NpgsqlDbType.Text, request.Kind);
            Add("title", NpgsqlDbType.Text, Texts.Clean(request.Title, 500));
            Add("body", NpgsqlDbType.Text, Texts.Clean(request.Body, MaxBody));
            Add("content", NpgsqlDbType.Bytea, wait.ContentBytes);
            Add("content_type", NpgsqlDbType.Text, Texts.Clean(request.ContentType, 200));
            Add("edit_schema", NpgsqlDbType.Text, request.EditSchema?.GetRawText());
            Add("sha256", NpgsqlDbType.Bytea, wait.Sha256);
            Add("decisions", NpgsqlDbType.Array | NpgsqlDbType.Text, request.Decisions.Select(d => Word(d)).ToArray());
            Add(
                "options",
                NpgsqlDbType.Text,
                request.Options.Count == 0 ? null : JsonSerializer.Serialize(request.Options, JournalJson.Options)
            );
            Add("required", NpgsqlDbType.Integer, request.Required);
            Add("approvers", NpgsqlDbType.Array | NpgsqlDbType.Text, Names(request.Approvers));
            Add("not_starter", NpgsqlDbType.Boolean, request.NotStarter);
            Add("starter", NpgsqlDbType.Uuid, terms!.Starter);
            Add("high_risk", NpgsqlDbType.Boolean, request.HighRisk);
            Add("escalate_to", NpgsqlDbType.Array | NpgsqlDbType.Text, Names(request.EscalateTo));
            Add("remind_every", NpgsqlDbType.Interval, request.RemindEvery);
            Add("on_expire", NpgsqlDbType.Text, Word(request.OnExpire));
            Add("on_reject", NpgsqlDbType.Text, Word(request.OnReject));
        }
        await command.ExecuteNonQueryAsync();
        return due is not null;
    }

    private static string[] Names(IReadOnlyList<string> names) => [.. names.Select(n => Texts.Clean(n, 200))];

#pragma warning disable CA1308 // the contract spells them in lower case
    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>A signal in the mailbox, or children that have ended already, answer the wait as it opens.</summary>
    private static async Task<(OpenedAnswer? Opened, LiveEvent? Event)> ReadyAsync(
        NpgsqlConnection connection,
        Guid jobId,
        IReadOnlyList<OpenWait> waits
    )
    {
        for (var index = 0; index < waits.Count; index++)
        {
            var value = waits[index].Kind switch
            {
                "signal" => await TakeSignalAsync(connection, jobId, waits[index]),
                "children" => await CountChildrenAsync(connection, jobId, waits[index]),
                _ => null,
            };
            if (value is null)
                continue;
            var line = await JobLog.AppendAsync(
                connection,
                jobId,
                new(
                    waits[index].Kind == "signal" ? EventTypes.SignalReceived : EventTypes.JobResumed,
                    $"{waits[index].Target} was there already"
                )
            );
            await JobLog.AnswerAsync(connection, jobId, waits[index].Key, value, fast: false);
            // The attempt goes on with the answer: it is no wake-up that its parking would miss.
            await Sql.ExecuteAsync(connection, "UPDATE job_runs SET wakes = wakes - 1 WHERE job_id = $1", jobId);
            return (new OpenedAnswer(index, value, line.At), line);
        }
        return default;
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
