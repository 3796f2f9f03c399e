using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Jobs;

/// <summary>Inserts jobs with their first event: one statement for one job as for ten thousand.</summary>
internal static class JobInserter
{
    private const string Insert = $$"""
        WITH t AS MATERIALIZED (SELECT {{Sql.Now}} AS now),
        n AS (SELECT * FROM unnest(@id, @short, @name, @input, @parent_index, @tags)
              AS n(id, short_id, name, input, parent_index, tags)),
        j AS (INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, parent_id, parent_key, parent_index, batch_id, submitted_by, submitter,
                 submitted_at, deadline_at, ttl_seconds, timeout_seconds, max_attempts, concurrency_key, forked_from, continued_from, traceparent, input, budget, notify, approval_policy, schedule)
           SELECT n.id, n.short_id, n.name, @agent, @version, @queue, CASE WHEN n.tags = '' THEN '{}' ELSE string_to_array(n.tags, chr(31)) END, @workspace, @parent, @parent_key, n.parent_index, @batch, @by, @submitter,
                 t.now, @deadline, @ttl, @timeout, @max_attempts, @concurrency, @forked, @continued, @trace, n.input, @budget, @notify, @policy, COALESCE(@schedule, (SELECT c.schedule FROM jobs c WHERE c.id = @continued)) FROM n, t),
        r AS (INSERT INTO job_runs (job_id, state, epoch, queue, priority, front, resume, queued_at, run_at, last_no, write_no, wakes, strikes, attempt, generation,
                 pause_requested, cancel_requested, recovering, backing_off, worked_ms, steps, anomalies, retries, recoveries, input_tokens, output_tokens, cost_usd, updated_at)
           SELECT n.id, CASE WHEN @run_at > t.now THEN 'scheduled' ELSE 'queued' END, 0, @queue, @priority, false, false, GREATEST(t.now, @run_at), @run_at, 1, 0, 0, 0, 0, 0,
                 false, false, false, false, 0, 0, 0, 0, 0, 0, 0, 0, t.now FROM n, t),
        e AS (INSERT INTO events (job_id, no, at, type, level, message, data, actor)
           SELECT n.id, 1, t.now, 'job.submitted', 'info', 'Submitted by ' || @by, json_build_object('agent', @agent, 'queue', @queue, 'parentId', @parent, 'forkedFrom', @forked)::text, @by FROM n, t)
        SELECT now FROM t
        """;

    /// <summary>All of them share everything but id, name, input, place and tags of the first.</summary>
    public static async Task<IReadOnlyList<LiveEvent>> InsertAsync(
        NpgsqlConnection connection,
        IReadOnlyList<NewJob> jobs,
        CancellationToken cancellationToken = default
    )
    {
        var shared = jobs[0];
        await using var command = new NpgsqlCommand(Insert, connection);
        void Add(string name, NpgsqlDbType type, object? value) =>
            command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
        Add("id", NpgsqlDbType.Array | NpgsqlDbType.Uuid, jobs.Select(j => j.Id).ToArray());
        Add("short", NpgsqlDbType.Array | NpgsqlDbType.Text, jobs.Select(j => j.ShortIdText).ToArray());
        Add("name", NpgsqlDbType.Array | NpgsqlDbType.Text, jobs.Select(j => j.Name).ToArray());
        Add("input", NpgsqlDbType.Array | NpgsqlDbType.Bytea, jobs.Select(j => j.Input).ToArray());
        Add("parent_index", NpgsqlDbType.Array | NpgsqlDbType.Integer, jobs.Select(j => j.ParentIndex).ToArray());
        Add("tags", NpgsqlDbType.Array | NpgsqlDbType.Text, jobs.Select(j => string.Join('\u001f', j.Tags)).ToArray());
        Add("agent", NpgsqlDbType.Text, shared.Agent);
        Add("version", NpgsqlDbType.Text, shared.AgentVersion);
        Add("queue", NpgsqlDbType.Text, shared.Queue);
        Add("workspace", NpgsqlDbType.Text, shared.Workspace);
        Add("parent", NpgsqlDbType.Uuid, shared.ParentId);
        Add("parent_key", NpgsqlDbType.Text, shared.ParentKey);
        Add("batch", NpgsqlDbType.Uuid, shared.BatchId);
        Add("by", NpgsqlDbType.Text, shared.SubmittedBy);
        Add("submitter", NpgsqlDbType.Uuid, shared.Submitter);
        Add("deadline", NpgsqlDbType.TimestampTz, shared.DeadlineAt?.UtcDateTime);
        Add("ttl", NpgsqlDbType.Integer, shared.TtlSeconds);
        Add("timeout", NpgsqlDbType.Integer, shared.TimeoutSeconds);
        Add("max_attempts", NpgsqlDbType.Integer, shared.MaxAttempts);
        Add("concurrency", NpgsqlDbType.Text, shared.ConcurrencyKey);
        Add("forked", NpgsqlDbType.Uuid, shared.ForkedFrom);
        Add("continued", NpgsqlDbType.Uuid, shared.ContinuedFrom);
        Add("trace", NpgsqlDbType.Text, shared.Traceparent);
        Add("budget", NpgsqlDbType.Text, shared.Budget);
        Add("notify", NpgsqlDbType.Text, shared.Notify);
        Add("policy", NpgsqlDbType.Text, shared.ApprovalPolicy);
        Add("schedule", NpgsqlDbType.Text, shared.Schedule);
        Add("run_at", NpgsqlDbType.TimestampTz, shared.RunAt?.UtcDateTime);
        Add("priority", NpgsqlDbType.Smallint, shared.Priority);
        await command.PrepareAsync(cancellationToken);
        var now = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
        var data = EventData.Of(
            new
            {
                agent = shared.Agent,
                queue = shared.Queue,
                parentId = shared.ParentId,
                forkedFrom = shared.ForkedFrom,
            }
        );
        return
        [
            .. jobs.Select(j => new LiveEvent(
                j.Id,
                1,
                now,
                EventTypes.JobSubmitted,
                "info",
                $"Submitted by {j.SubmittedBy}",
                data,
                j.SubmittedBy
            )),
        ];
    }

    /// <summary>The job that goes on in place of another.</summary>
    public static async Task<IReadOnlyList<LiveEvent>> ContinueAsync(
        NpgsqlConnection connection,
        LeasedJob from,
        Guid id,
        byte[] input
    ) =>
        await InsertAsync(
            connection,
            [
                new NewJob
                {
                    Id = id,
                    Name = from.Name,
                    Agent = from.Agent,
                    AgentVersion = from.AgentVersion,
                    Queue = from.Queue,
                    Workspace = from.Workspace,
                    SubmittedBy = from.SubmittedBy,
                    Input = input,
                    Tags = from.Tags,
                    ParentId = from.ParentId,
                    ParentKey = from.ParentKey,
                    ContinuedFrom = from.Id,
                    MaxAttempts = from.MaxAttempts,
                    DeadlineAt = from.DeadlineAt,
                },
            ]
        );
}
