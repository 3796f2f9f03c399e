using AgentControl.Browser.Tests.Programs;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Jobs written by SQL: of an agent that no program serves, so that they stay as they are.</summary>
internal static class Seeds
{
    /// <summary>A job in each of the fifteen states that people see.</summary>
    public static Task ChipsAsync(Installation installation) =>
        installation.ExecuteAsync(
            $"""
            CREATE TEMP TABLE seed AS SELECT {Id(
                "n"
            )} AS id, 'chip-' || l AS name, l AS label, ac_now() - make_interval(mins => 20 - n) AS at
              FROM unnest(ARRAY['scheduled','queued','running','waiting','needs_approval','retrying','recovering','pausing','paused','cancelling',
                                'completed','failed','timed_out','rejected','cancelled']) WITH ORDINALITY AS x (l, o), LATERAL (SELECT o::int AS n) y;
            {Jobs}
            INSERT INTO job_runs ({RunColumns}, run_at, lease_until, worker, waiting_kind, waiting_since, waiting_until, waiting_detail, outcome, finished_at, paused_at, requested_by)
            SELECT id, s, 1, 'seeded', 0, false, false, at, 0, 0, 0, 0, 1, 0, label = 'pausing', label = 'cancelling', label = 'recovering', false, 1000, 3, 0, 0, 0, 0, 0, 0, at, at,
                   CASE WHEN s = 'scheduled' THEN ac_now() + interval '3 h' END,
                   CASE WHEN s = 'running' THEN ac_now() + interval '1 day' END, 'w-1',
                   CASE label WHEN 'needs_approval' THEN 'approval' WHEN 'retrying' THEN 'retry' WHEN 'waiting' THEN 'timer' END,
                   CASE WHEN s = 'waiting' THEN at END, CASE WHEN s = 'waiting' THEN ac_now() + interval '3 h' END, NULL,
                   CASE label WHEN 'timed_out' THEN 'timeout' WHEN 'rejected' THEN 'rejected' WHEN 'failed' THEN 'stepFailed' END,
                   CASE WHEN s IN ('succeeded','failed','cancelled') THEN ac_now() END,
                   CASE WHEN s = 'paused' THEN at END, 'Maria'
              FROM (SELECT *, CASE label WHEN 'scheduled' THEN 'scheduled' WHEN 'queued' THEN 'queued' WHEN 'paused' THEN 'paused' WHEN 'completed' THEN 'succeeded'
                                WHEN 'failed' THEN 'failed' WHEN 'timed_out' THEN 'failed' WHEN 'rejected' THEN 'cancelled' WHEN 'cancelled' THEN 'cancelled'
                                WHEN 'waiting' THEN 'waiting' WHEN 'needs_approval' THEN 'waiting' WHEN 'retrying' THEN 'waiting' ELSE 'running' END AS s FROM seed) x;
            INSERT INTO waits (job_id, key, group_key, kind, since, due_at)
            SELECT job_id, 'w#1', 'w#1', waiting_kind, waiting_since, waiting_until FROM job_runs WHERE queue = 'seeded' AND state = 'waiting';
            INSERT INTO job_results (job_id, error)
            SELECT job_id, '{Error}' FROM job_runs WHERE queue = 'seeded' AND state = 'failed';
            """
        );

    /// <summary>Due times of a schedule at which nothing started.</summary>
    public static Task ScheduleRunsAsync(Installation installation, string name) =>
        installation.ExecuteAsync(
            $"""
            INSERT INTO schedule_runs (id, schedule, due_at, at, trigger, outcome, cause, reason, times) VALUES
              (gen_random_uuid(), '{name}', ac_now() - interval '2 days', ac_now() - interval '2 days', 'due', 'skipped', 'overlap', 'The run before it had not ended.', 1),
              (gen_random_uuid(), '{name}', ac_now() - interval '3 days', ac_now() - interval '2 days', 'due', 'skipped', 'missed', 'No engine ran at 3 due times; this was the last of them.', 3),
              (gen_random_uuid(), '{name}', ac_now() - interval '9 days', ac_now() - interval '9 days', 'due', 'failed', 'refused', 'agent: No agent is called ''gone''. See GET /api/v1/agents.', 1);
            """
        );

    /// <summary>A cause of failures that nobody has looked at.</summary>
    public static Task FailureAsync(Installation installation) =>
        installation.ExecuteAsync(
            """
            INSERT INTO failure_groups (id, workspace, fingerprint, agent, type, step, service, title, example, count, first_seen_at, last_seen_at, status)
            VALUES (gen_random_uuid(), 'default', 'seeded', 'invoice', 'stepFailed', 'post', 'erp', 'erp 503 Service Unavailable', 'erp 503 Service Unavailable',
                    3, ac_now() - interval '2 days', ac_now() - interval '1 h', 'unresolved');
            """
        );

    /// <summary>A saved value of a job.</summary>
    public static Task CheckpointAsync(Installation installation, string job) =>
        installation.ExecuteAsync(
            """
            INSERT INTO checkpoints (job_id, key, version, value, step, epoch, worker, event_no, at)
            SELECT id, 'draft', 1, convert_to('{"page":1}', 'UTF8'), 'read#1', 1, 'w-1', 1, ac_now() FROM jobs WHERE short_id = @job;
            """,
            ("job", job)
        );

    /// <summary>A circuit in each state.</summary>
    public static Task CircuitsAsync(Installation installation) =>
        installation.ExecuteAsync(
            """
            INSERT INTO circuits (name, state, since, until, admitted, reason, changed_by) VALUES
              ('bank', 'blocked', ac_now(), ac_now() + interval '3 h', 0, 'New keys', 'Maria'),
              ('erp', 'open', ac_now(), ac_now() + interval '3 h', 0, 'erp answered 503: Service Unavailable', NULL),
              ('mail', 'closed', ac_now() - interval '1 h', NULL, 1, NULL, NULL),
              ('ocr', 'probing', ac_now(), ac_now() + interval '3 h', 0, 'ocr gave no answer in time', NULL);
            UPDATE circuit_changes SET at = ac_now() - interval '20 min' WHERE service = 'ocr';
            INSERT INTO service_minutes (service, minute, calls, failures, retries, fallbacks, latency)
            SELECT service, date_trunc('minute', ac_now()) - make_interval(mins => n), calls, least(calls, failures * (n < 10)::int), failures * (n < 10)::int, (service = 'ocr')::int,
                   CASE WHEN service = 'mail' THEN ARRAY[0,0,0,0,0,0,0,0,2,calls,9,1] WHEN n < 10 THEN '{}' ELSE ARRAY[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,calls,3,1] END
              FROM (VALUES ('erp', 20, 17), ('mail', 140, 0), ('ocr', 4, 2)) s (service, calls, failures), generate_series(0, 58) n;
            INSERT INTO service_minutes (service, minute, calls, failures, retries, fallbacks, latency) VALUES ('erp', date_trunc('minute', ac_now()) - interval '1 day', 1000, 20, 30, 0, '{}');
            INSERT INTO service_errors (service, minute, kind, calls, reason) VALUES
              ('erp', date_trunc('minute', ac_now()), 'unavailable', 160, 'erp answered 503: Service Unavailable'), ('erp', date_trunc('minute', ac_now()), 'timeout', 10, 'erp gave no answer in time');
            """
        );

    /// <summary>Jobs that run now, the newest of all; their names begin with <paramref name="name"/>.</summary>
    public static Task RunningAsync(Installation installation, string name, int count) =>
        installation.ExecuteAsync(
            $"""
            CREATE TEMP TABLE seed AS SELECT {Id(
                "n"
            )} AS id, @name || '-' || n AS name, ac_now() AS at FROM generate_series(1, @count) n;
            {Jobs}
            INSERT INTO job_runs ({RunColumns}, lease_until, worker, progress_completed, progress_total)
            SELECT id, 'running', 1, 'seeded', 0, false, false, at, 0, 0, 0, 0, 1, 0, false, false, false, false, 0, 3, 0, 0, 0, 0, 0, 0, at, at, ac_now() + interval '1 day', 'w-1', 0, 1000 FROM seed;
            """,
            ("name", name),
            ("count", count)
        );

    /// <summary>Finished jobs for the most part, a second apart, with some of every other kind.</summary>
    public static async Task ManyAsync(Installation installation, int count)
    {
        await installation.ExecuteAsync(
            $"""
            CREATE TEMP TABLE seed AS SELECT {Id(
                "n",
                "ac_now() - make_interval(secs => @count - n)"
            )} AS id, 'job-' || n AS name, n, ac_now() - make_interval(secs => @count - n) AS at FROM generate_series(1, @count) n;
            {Jobs}
            INSERT INTO job_runs ({RunColumns}, finished_at, lease_until, worker, outcome)
            SELECT id, s, 1, 'seeded', 0, false, false, at, 0, 0, 0, 0, 1, 0, false, false, false, false, 1000, 9, 0, 0, 0, 0, 0, n % 10, at, at,
                   CASE WHEN s <> 'running' THEN at + interval '30 s' END, CASE WHEN s = 'running' THEN ac_now() + interval '1 day' END, 'w-1', CASE WHEN s = 'failed' THEN 'stepFailed' END
              FROM (SELECT *, CASE WHEN n % 250 = 0 THEN 'running' WHEN n % 50 = 1 THEN 'failed' WHEN n % 100 = 2 THEN 'cancelled' ELSE 'succeeded' END AS s FROM seed) x;
            INSERT INTO job_results (job_id, error) SELECT job_id, '{Error}' FROM job_runs WHERE queue = 'seeded' AND state = 'failed';
            """,
            ("count", count)
        );
        await installation.ExecuteAsync("VACUUM ANALYZE jobs, job_runs, job_results");
    }

    /// <summary>Sixteen days of four tasks an hour that complete, two hours of yesterday in which they fail, and one without any.</summary>
    public static Task TrendsAsync(Installation installation) =>
        installation.ExecuteAsync(
            $"""
            CREATE TEMP TABLE seed AS SELECT {Id(
                "n",
                "at"
            )} AS id, 'task-' || n AS name, at, ago BETWEEN 30 AND 31 AS bad
              FROM (SELECT row_number() OVER (ORDER BY ago, m)::int AS n, ago, date_trunc('hour', ac_now()) - ago * interval '1 hour' + m * interval '14 min' AS at
                      FROM generate_series(2, 384) ago, generate_series(1, 4) m WHERE ago <> 5) x;
            {Jobs}
            INSERT INTO job_results (job_id, error) SELECT id, '{Error}' FROM seed WHERE bad;
            INSERT INTO service_use (at, service, agent, calls, retries) SELECT date_bin('5 minutes', at, 'epoch'), 'erp', 'invoice', 20, 1 FROM seed;
            INSERT INTO job_runs ({RunColumns}, finished_at, outcome)
            SELECT id, CASE WHEN bad THEN 'failed' ELSE 'succeeded' END, 1, 'seeded', 0, false, false, at, 0, 0, 0, 0, 1, 0, false, false, false, false, 1000, 3, 0, 0, 0, 0, 0, 0, at, at,
                   at + interval '1 min', CASE WHEN bad THEN 'stepFailed' END FROM seed;
            """
        );

    private const string Error =
        """{"type":"stepFailed","message":"erp 503 Service Unavailable","step":"post#1","retryable":true}""";

    private const string Jobs = """
        INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, submitted_by, submitted_at, timeout_seconds, max_attempts, input)
        SELECT id, 'j_' || upper(right(replace(id::text, '-', ''), 10)), name, 'invoice', '1', 'seeded', '{}', 'default', 'Maria', at, 86400, 5, convert_to('{"batch":118}', 'UTF8') FROM seed;
        """;

    private const string RunColumns = """
        job_id, state, epoch, queue, priority, front, resume, queued_at, last_no, write_no, wakes, strikes, attempt, generation, pause_requested, cancel_requested, recovering,
        backing_off, worked_ms, steps, anomalies, retries, recoveries, input_tokens, output_tokens, cost_usd, updated_at, started_at
        """;

    // A UUIDv7 of a moment whose place among its like is n; n ends it as well, because short ids are made of its last ten digits
    // and a hundred thousand random ones collide now and then.
    private static string Id(string n, string at = "ac_now()") =>
        $"(left(replace(ac_uuid_floor({at})::text, '-', ''), 12) || '7000' || '8' || lpad(to_hex({n}), 5, '0') || substr(md5(random()::text || {n}), 1, 5) || lpad(to_hex({n}), 5, '0'))::uuid";
}
