using AgentControl.Core.Events;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Events;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Jobs;

/// <summary>Takes leases: one conditional update per round, for as many jobs as there are hands.</summary>
internal sealed class LeaseStore(EnginePool pool, WorkerIdentity worker, AgentCatalog agents, EventFeed feed)
{
    private const string Take = $$"""
        WITH t AS MATERIALIZED (SELECT {{Sql.Now}} AS now),
        c AS MATERIALIZED (
          {0}),
        claimed AS (INSERT INTO concurrency_keys AS k (workspace, key, job_id, epoch)
          SELECT DISTINCT ON (workspace, key) workspace, key, job_id, epoch + 1 FROM c WHERE key IS NOT NULL ORDER BY workspace, key, place
          ON CONFLICT (workspace, key) DO UPDATE SET job_id = excluded.job_id, epoch = excluded.epoch WHERE {{ConcurrencyKeys.IsFree}}
          RETURNING k.job_id),
        u AS (UPDATE job_runs r SET state = 'running', epoch = r.epoch + 1, attempt = r.attempt + 1, strikes = r.strikes + 1,
                worker = @worker, lease_until = t.now + @lease, leased_at = t.now, started_at = COALESCE(r.started_at, t.now),
                write_no = 0, front = false, resume = false, backing_off = false, last_no = r.last_no + CASE WHEN r.recovering THEN 2 ELSE 1 END,
                recoveries = r.recoveries + r.recovering::int, updated_at = t.now
              FROM c, t WHERE r.job_id = c.job_id AND (c.key IS NULL OR c.job_id IN (SELECT job_id FROM claimed)) RETURNING r.*),
        e AS (INSERT INTO events (job_id, no, at, type, level, message, data, actor)
          SELECT u.job_id, u.last_no - u.recovering::int, t.now, 'job.started', 'info', 'Attempt ' || u.attempt || ' on ' || @worker,
                 json_build_object('attempt', u.attempt, 'epoch', u.epoch, 'worker', @worker, 'queue', u.queue, 'hangfireJobId', @bell)::text, NULL FROM u, t
          UNION ALL
          SELECT u.job_id, u.last_no, t.now, 'job.recovered', 'warning', 'Goes on behind ' || u.steps || ' recorded steps',
                 json_build_object('replayedSteps', u.steps, 'attempt', u.attempt, 'worker', @worker)::text, NULL FROM u, t WHERE u.recovering)
        SELECT j.id, j.short_id, j.name, j.agent, j.agent_version, j.workspace, u.queue, j.tags, j.submitted_by, j.parent_id, j.parent_key, j.input,
               u.epoch, u.strikes, j.max_attempts, u.generation, u.wakes, u.steps, u.recovering, t.now, u.started_at,
               j.timeout_seconds * 1000::bigint - u.worked_ms, j.deadline_at, u.last_no, u.attempt, j.concurrency_key IS NOT NULL
          FROM u JOIN jobs j ON j.id = u.job_id, t
        """;

    private const string Ready =
        "FROM job_runs q JOIN jobs j ON j.id = q.job_id WHERE q.state = 'queued' AND j.agent || '@' || j.agent_version = ANY(@agents) AND "
        + ConcurrencyKeys.MayRun;

    private const string Candidate = "SELECT q.job_id, q.epoch, j.workspace, j.concurrency_key AS key";

    private const string InLaneOrder =
        "AND NOT q.resume AND q.queue = lane.queue ORDER BY q.front DESC, q.priority DESC, q.queued_at, q.job_id";

    /// <summary>The next jobs of a queue, at most so many.</summary>
    private static readonly string NextOfLane = Take.Replace(
        "{0}",
        $"SELECT p.*, row_number() OVER () AS place FROM (SELECT @queue AS queue) lane, LATERAL ({Candidate} {Ready} {InLaneOrder} LIMIT @count FOR UPDATE OF q SKIP LOCKED) p",
        StringComparison.Ordinal
    );

    private static readonly string NextToResume = Take.Replace(
        "{0}",
        $"SELECT p.*, row_number() OVER () AS place FROM ({Candidate} {Ready} AND q.resume ORDER BY q.queued_at LIMIT @count FOR UPDATE OF q SKIP LOCKED) p",
        StringComparison.Ordinal
    );

    // A hand whose job has not ended after all is not free.
    private static readonly string NextOfEnded = Take.Replace(
        "{0}",
        $"""
        SELECT p.*, row_number() OVER () AS place
            FROM (SELECT a.queue, count(*) AS hands FROM unnest(@ended, @ended_epoch, @ended_queue) AS a(job_id, epoch, queue)
                    JOIN job_runs e ON e.job_id = a.job_id AND e.epoch = a.epoch AND e.state <> 'running' GROUP BY a.queue) lane,
            LATERAL ({Candidate} {Ready} {InLaneOrder} LIMIT lane.hands FOR UPDATE OF q SKIP LOCKED) p
        """,
        StringComparison.Ordinal
    );

    /// <summary>The statement that gives each hand of an ended attempt its lane's next job; it runs in the transaction that wrote the ends.</summary>
    public static NpgsqlBatchCommand ForEnded() => new(NextOfEnded);

    /// <summary>Fills the statement of <see cref="ForEnded"/>.</summary>
    public void FillForEnded(NpgsqlBatchCommand command, IReadOnlyList<(Guid Job, int Epoch, LeaseAsk Ask)> hands)
    {
        var into = new ParameterFill(command.Parameters);
        into.Array("ended", NpgsqlDbType.Uuid, hands.Select(h => h.Job));
        into.Array("ended_epoch", NpgsqlDbType.Integer, hands.Select(h => h.Epoch));
        into.Array("ended_queue", NpgsqlDbType.Text, hands.Select(h => h.Ask.Queue));
        Fill(into, hands[0].Ask.Bell);
    }

    /// <summary>The next jobs of a queue, at most <paramref name="count"/>.</summary>
    /// <param name="bell">The Hangfire job that rang, for the record.</param>
    public async Task<IReadOnlyList<LeasedJob>> TakeAsync(
        string queue,
        int count,
        string? bell,
        CancellationToken cancellationToken
    )
    {
        var jobs = await RoundAsync(count);
        // Of jobs with one key that stood side by side only the first was taken: those behind them have not been looked at.
        for (var more = jobs; more.Any(j => j.HasKey) && jobs.Count < count; jobs = [.. jobs, .. more])
            more = await RoundAsync(count - jobs.Count);
        return jobs;

        Task<IReadOnlyList<LeasedJob>> RoundAsync(int most) =>
            TakeAsync(
                NextOfLane,
                into =>
                {
                    into.Value("queue", NpgsqlDbType.Text, queue);
                    into.Value("count", NpgsqlDbType.Integer, most);
                },
                bell,
                cancellationToken
            );
    }

    /// <summary>The next jobs that a person's answer woke.</summary>
    public Task<IReadOnlyList<LeasedJob>> TakeResumedAsync(int count, CancellationToken cancellationToken) =>
        TakeAsync(NextToResume, into => into.Value("count", NpgsqlDbType.Integer, count), null, cancellationToken);

    /// <summary>The leases that a statement took. Publish them when its transaction is on disk.</summary>
    public static async Task<IReadOnlyList<LeasedJob>> ReadAsync(NpgsqlDataReader reader)
    {
        var jobs = new List<LeasedJob>();
        while (await reader.ReadAsync())
            jobs.Add(Read(reader));
        return jobs;
    }

    /// <summary>Tells watchers of leases that are on disk.</summary>
    public void Publish(IReadOnlyList<LeasedJob> jobs, string? bell) =>
        feed.Publish([.. jobs.SelectMany(j => Events(j, bell))]);

    private async Task<IReadOnlyList<LeasedJob>> TakeAsync(
        string sql,
        Action<ParameterFill> fill,
        string? bell,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await pool.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        var into = new ParameterFill(command.Parameters);
        fill(into);
        Fill(into, bell);
        await command.PrepareAsync(cancellationToken);
        IReadOnlyList<LeasedJob> jobs;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            jobs = await ReadAsync(reader);
        Publish(jobs, bell);
        return jobs;
    }

    private void Fill(ParameterFill into, string? bell)
    {
        into.Value("agents", NpgsqlDbType.Array | NpgsqlDbType.Text, agents.Keys);
        into.Value("worker", NpgsqlDbType.Text, worker.Name);
        into.Value("lease", NpgsqlDbType.Interval, worker.Lease);
        into.Value("bell", NpgsqlDbType.Text, bell);
    }

    private IEnumerable<LiveEvent> Events(LeasedJob job, string? bell)
    {
        yield return new(
            job.Id,
            job.LastNo - (job.Recovered ? 1 : 0),
            job.Now,
            EventTypes.JobStarted,
            "info",
            $"Attempt {job.Attempt} on {worker.Name}",
            EventData.Of(
                new
                {
                    attempt = job.Attempt,
                    epoch = job.Epoch,
                    worker = worker.Name,
                    queue = job.Queue,
                    hangfireJobId = bell,
                }
            ),
            null
        );
        if (job.Recovered)
            yield return new(
                job.Id,
                job.LastNo,
                job.Now,
                EventTypes.JobRecovered,
                "warning",
                $"Goes on behind {job.Steps} recorded steps",
                EventData.Of(
                    new
                    {
                        replayedSteps = job.Steps,
                        attempt = job.Attempt,
                        worker = worker.Name,
                    }
                ),
                null
            );
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
            LastNo = row.GetInt64(23),
            Attempt = row.GetInt32(24),
            HasKey = row.GetBoolean(25),
        };
}

/// <summary>A hand that is free again asks for its lane's next job.</summary>
/// <param name="Bell">The Hangfire job that brought the hand, for the record.</param>
internal sealed record LeaseAsk(string Queue, string? Bell);
