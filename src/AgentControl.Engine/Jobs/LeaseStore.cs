using AgentControl.Core.Events;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Jobs;

/// <summary>Takes leases: one conditional update per round, for as many jobs as there are hands.</summary>
internal sealed class LeaseStore(NpgsqlDataSource database, WorkerIdentity worker, EventFeed feed)
{
    private const string Take = """
        WITH t AS MATERIALIZED (SELECT ac_now() AS now),
        c AS MATERIALIZED (
          SELECT q.job_id FROM job_runs q JOIN jobs j ON j.id = q.job_id
           WHERE q.state = 'queued' AND j.agent || '@' || j.agent_version = ANY(@agents) AND {0}
           LIMIT @count FOR UPDATE OF q SKIP LOCKED),
        u AS (UPDATE job_runs r SET state = 'running', epoch = r.epoch + 1, attempt = r.attempt + 1, strikes = r.strikes + 1,
                worker = @worker, lease_until = t.now + @lease, leased_at = t.now, started_at = COALESCE(r.started_at, t.now),
                write_no = 0, front = false, resume = false, last_no = r.last_no + CASE WHEN r.recovering THEN 2 ELSE 1 END,
                recoveries = r.recoveries + r.recovering::int, updated_at = t.now
              FROM c, t WHERE r.job_id = c.job_id RETURNING r.*),
        e AS (INSERT INTO events (job_id, no, at, type, level, message, data, actor)
          SELECT u.job_id, u.last_no - u.recovering::int, t.now, 'job.started', 'info', 'Attempt ' || u.attempt || ' on ' || @worker,
                 json_build_object('attempt', u.attempt, 'epoch', u.epoch, 'worker', @worker, 'queue', u.queue, 'hangfireJobId', @bell)::text, NULL FROM u, t
          UNION ALL
          SELECT u.job_id, u.last_no, t.now, 'job.recovered', 'warning', 'Goes on behind ' || u.steps || ' recorded steps',
                 json_build_object('replayedSteps', u.steps, 'attempt', u.attempt, 'worker', @worker)::text, NULL FROM u, t WHERE u.recovering)
        SELECT j.id, j.short_id, j.name, j.agent, j.agent_version, j.workspace, u.queue, j.tags, j.submitted_by, j.parent_id, j.parent_key, j.input,
               u.epoch, u.strikes, j.max_attempts, u.generation, u.wakes, u.steps, u.recovering, t.now, u.started_at,
               j.timeout_seconds * 1000::bigint - u.worked_ms, j.deadline_at, u.last_no, u.attempt
          FROM u JOIN jobs j ON j.id = u.job_id, t
        """;

    private static readonly string NextOfLane = Take.Replace(
        "{0}",
        "NOT q.resume AND q.queue = @queue ORDER BY q.front DESC, q.priority DESC, q.queued_at, q.job_id",
        StringComparison.Ordinal
    );

    private static readonly string NextToResume = Take.Replace(
        "{0}",
        "q.resume ORDER BY q.queued_at",
        StringComparison.Ordinal
    );

    /// <summary>The next jobs of a queue, at most <paramref name="count"/>.</summary>
    /// <param name="bell">The Hangfire job that rang, for the record.</param>
    public Task<IReadOnlyList<LeasedJob>> TakeAsync(
        string queue,
        int count,
        IReadOnlyList<string> agents,
        string? bell,
        CancellationToken cancellationToken
    ) => TakeAsync(NextOfLane, queue, count, agents, bell, cancellationToken);

    /// <summary>The next jobs that a person's answer woke.</summary>
    public Task<IReadOnlyList<LeasedJob>> TakeResumedAsync(
        int count,
        IReadOnlyList<string> agents,
        CancellationToken cancellationToken
    ) => TakeAsync(NextToResume, null, count, agents, null, cancellationToken);

    private async Task<IReadOnlyList<LeasedJob>> TakeAsync(
        string sql,
        string? queue,
        int count,
        IReadOnlyList<string> agents,
        string? bell,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        if (queue is not null)
            command.Parameters.AddWithValue("queue", queue);
        command.Parameters.AddWithValue("count", count);
        command.Parameters.AddWithValue("agents", agents.ToArray());
        command.Parameters.AddWithValue("worker", worker.Name);
        command.Parameters.AddWithValue("lease", worker.Lease);
        command.Parameters.Add(
            new NpgsqlParameter("bell", NpgsqlDbType.Text) { Value = (object?)bell ?? DBNull.Value }
        );
        await command.PrepareAsync(cancellationToken);
        var jobs = new List<LeasedJob>();
        var events = new List<LiveEvent>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var job = Read(reader);
            jobs.Add(job);
            var attempt = reader.GetInt32(24);
            var lastNo = reader.GetInt64(23);
            var started = lastNo - (job.Recovered ? 1 : 0);
            var data = EventData.Of(
                new
                {
                    attempt,
                    epoch = job.Epoch,
                    worker = worker.Name,
                    queue = job.Queue,
                    hangfireJobId = bell,
                }
            );
            events.Add(
                new(
                    job.Id,
                    started,
                    job.Now,
                    EventTypes.JobStarted,
                    "info",
                    $"Attempt {attempt} on {worker.Name}",
                    data,
                    null
                )
            );
            if (job.Recovered)
                events.Add(
                    new(
                        job.Id,
                        lastNo,
                        job.Now,
                        EventTypes.JobRecovered,
                        "warning",
                        $"Goes on behind {job.Steps} recorded steps",
                        EventData.Of(
                            new
                            {
                                replayedSteps = job.Steps,
                                attempt,
                                worker = worker.Name,
                            }
                        ),
                        null
                    )
                );
        }
        feed.Publish(events);
        return jobs;
    }

    private static LeasedJob Read(NpgsqlDataReader row) =>
        new()
        {
            Id = row.GetGuid(0),
            ShortId = row.GetString(1),
            Name = row.GetString(2),
            Agent = row.GetString(3),
            AgentVersion = row.GetString(4),
            Workspace = row.GetString(5),
            Queue = row.GetString(6),
            Tags = row.GetFieldValue<string[]>(7),
            SubmittedBy = row.GetString(8),
            ParentId = row.IsDBNull(9) ? null : row.GetGuid(9),
            ParentKey = row.IsDBNull(10) ? null : row.GetString(10),
            Input = row.GetFieldValue<byte[]>(11),
            Epoch = row.GetInt32(12),
            Strikes = row.GetInt32(13),
            MaxAttempts = row.GetInt32(14),
            Generation = row.GetInt32(15),
            Wakes = row.GetInt32(16),
            Steps = row.GetInt32(17),
            Recovered = row.GetBoolean(18),
            Now = row.GetFieldValue<DateTimeOffset>(19),
            StartedAt = row.GetFieldValue<DateTimeOffset>(20),
            Remaining = TimeSpan.FromMilliseconds(row.GetInt64(21)),
            DeadlineAt = row.IsDBNull(22) ? null : row.GetFieldValue<DateTimeOffset>(22),
        };
}
