using AgentControl.Engine.Storage;

namespace AgentControl.Engine.Recording;

/// <summary>The one statement of a batch: fence, numbers, lease, journal, log and, in its full form, checkpoints and ends.</summary>
internal static class RecordSql
{
    private const string Head = $"""
        WITH t AS MATERIALIZED (SELECT {Sql.Now} AS now),
        i AS (SELECT * FROM unnest(@job, @epoch, @write_no, @n_events, @n_steps, @n_anomalies, @n_retries, @n_input, @n_output, @cost,
                @p_completed, @p_total, @p_stage, @p_detail, @step)
              AS i(job_id, epoch, write_no, n_events, n_steps, n_anomalies, n_retries, n_input, n_output, cost, p_completed, p_total, p_stage, p_detail, step)),
        l AS MATERIALIZED (
          SELECT r.job_id, r.epoch, r.write_no, r.state, r.last_no, r.pause_requested, r.cancel_requested, r.wakes, r.outcome, r.requested_by, r.request_reason
            FROM job_runs r WHERE r.job_id = ANY(@job) ORDER BY r.job_id FOR UPDATE SKIP LOCKED),
        ok AS (SELECT i.* FROM i JOIN l USING (job_id)
                WHERE l.state = 'running' AND l.epoch = i.epoch AND l.write_no = i.write_no - 1),
        """;

    // One job alone: no arrays of jobs, nothing to tell apart. No row means that it was busy or lost, which the general form tells.
    private const string HeadSingle = $"""
        WITH t AS MATERIALIZED (SELECT {Sql.Now} AS now),
        l AS MATERIALIZED (
          SELECT r.job_id FROM job_runs r WHERE r.job_id = @job AND r.epoch = @epoch AND r.write_no = @write_no - 1 AND r.state = 'running' FOR UPDATE SKIP LOCKED),
        ok AS (SELECT l.job_id, @write_no AS write_no, @n_events AS n_events, @n_steps AS n_steps, @n_anomalies AS n_anomalies, @n_retries AS n_retries,
                 @n_input AS n_input, @n_output AS n_output, @cost AS cost, @p_completed AS p_completed, @p_total AS p_total, @p_stage AS p_stage, @p_detail AS p_detail, @step AS step FROM l),
        """;

    private const string Common = """
          write_no = i.write_no, last_no = r.last_no + i.n_events, updated_at = t.now,
          backing_off = i.n_retries > 0 OR (r.backing_off AND i.n_steps = 0),
          steps = r.steps + i.n_steps, anomalies = r.anomalies + i.n_anomalies, retries = r.retries + i.n_retries,
          input_tokens = r.input_tokens + i.n_input, output_tokens = r.output_tokens + i.n_output, cost_usd = r.cost_usd + i.cost,
          progress_completed = COALESCE(i.p_completed, r.progress_completed),
          progress_total = CASE WHEN i.p_completed IS NULL THEN r.progress_total ELSE i.p_total END,
          progress_stage = CASE WHEN i.p_completed IS NULL THEN r.progress_stage ELSE i.p_stage END,
          progress_detail = CASE WHEN i.p_completed IS NULL THEN r.progress_detail ELSE i.p_detail END,
          current_step = COALESCE(i.step, r.current_step)
        """;

    private const string LeanUpdate = $"""
        u AS (UPDATE job_runs r SET lease_until = t.now + @lease, {Common}, recovering = r.recovering AND i.n_steps = 0,
             strikes = CASE WHEN i.n_steps > 0 THEN 0 ELSE r.strikes END
           FROM ok i, t WHERE r.job_id = i.job_id
           RETURNING r.job_id, r.epoch, r.generation, r.last_no - i.n_events AS base, r.last_no, r.pause_requested, r.cancel_requested, r.wakes, r.state)
        """;

    // The order on the row decides: a cancel or pause that came before the end changes what the end becomes.
    private const string FullUpdate = $"""
        x AS (SELECT * FROM unnest(@job, @want, @outcome, @queue, @known_wakes, @orderly, @retry_seconds, @rested, @output, @error, @parent, @parent_key)
              AS x(job_id, want, outcome, queue, known_wakes, orderly, retry_seconds, rested, output, error, parent_id, parent_key)),
        d AS (SELECT r.job_id, COALESCE(r.requested_by, 'AgentControl') || COALESCE(': ' || r.request_reason, '') AS by_whom, x.want, x.outcome, x.queue, x.orderly, x.retry_seconds, x.rested, x.output, x.error, x.parent_id, x.parent_key,
                w.kind AS w_kind, w.since AS w_since, w.due_at AS w_due, w.approval_id AS w_approval, w.target AS w_target,
                CASE WHEN x.want IS NULL THEN r.state
                     WHEN r.cancel_requested THEN CASE WHEN r.outcome = 'approvalExpired' THEN 'failed' ELSE 'cancelled' END
                     WHEN x.want IN ('succeeded','failed','cancelled') THEN x.want
                     WHEN r.pause_requested THEN 'paused'
                     WHEN x.want = 'waiting' AND (r.wakes <> x.known_wakes OR (x.retry_seconds IS NULL AND w.job_id IS NULL)) THEN 'queued'
                     ELSE x.want END AS goal
              FROM l r JOIN x USING (job_id)
              LEFT JOIN LATERAL (SELECT * FROM waits w WHERE w.job_id = r.job_id AND x.want = 'waiting' AND x.retry_seconds IS NULL
                 ORDER BY CASE w.kind WHEN 'approval' THEN 0 WHEN 'signal' THEN 1 WHEN 'retry' THEN 2 WHEN 'service' THEN 3 WHEN 'timer' THEN 4 ELSE 5 END, w.due_at LIMIT 1) w ON true),
        u AS (UPDATE job_runs r SET {Common},
          recovering = r.recovering AND i.n_steps = 0 AND (d.want IS NULL OR NOT d.orderly),
          state = d.goal,
          lease_until = CASE WHEN d.goal = 'running' THEN t.now + @lease END,
          worked_ms = r.worked_ms + CASE WHEN d.goal = 'running' THEN 0 ELSE GREATEST(0, extract(epoch FROM t.now - r.leased_at) * 1000)::bigint END,
          rested_ms = r.rested_ms + CASE WHEN d.goal = 'running' THEN 0 ELSE d.rested END,
          queue = COALESCE(d.queue, r.queue), outcome = CASE WHEN r.cancel_requested AND d.goal <> 'running' THEN COALESCE(r.outcome, 'cancelled') WHEN d.goal = d.want THEN d.outcome ELSE r.outcome END,
          finished_at = CASE WHEN d.goal IN ('succeeded','failed','cancelled') THEN t.now END,
          strikes = CASE WHEN i.n_steps > 0 THEN 0 WHEN d.want IS NOT NULL AND d.orderly THEN GREATEST(0, r.strikes - 1) ELSE r.strikes END,
          waiting_kind = CASE WHEN d.goal <> 'waiting' THEN NULL WHEN d.retry_seconds IS NOT NULL THEN 'retry' ELSE COALESCE(d.w_kind, 'signal') END,
          waiting_since = CASE WHEN d.goal <> 'waiting' THEN NULL WHEN d.retry_seconds IS NOT NULL THEN t.now ELSE COALESCE(d.w_since, t.now) END,
          waiting_until = CASE WHEN d.goal <> 'waiting' THEN NULL WHEN d.retry_seconds IS NOT NULL THEN t.now + make_interval(secs => d.retry_seconds) ELSE d.w_due END,
          waiting_approval = CASE WHEN d.goal = 'waiting' AND d.retry_seconds IS NULL THEN d.w_approval END,
          waiting_detail = CASE WHEN d.goal = 'waiting' AND d.retry_seconds IS NULL THEN d.w_target END,
          paused_at = CASE WHEN d.goal = 'paused' THEN t.now END,
          pause_requested = r.pause_requested AND d.goal = 'running', cancel_requested = r.cancel_requested AND d.goal = 'running'
           FROM ok i JOIN d ON d.job_id = i.job_id, t WHERE r.job_id = i.job_id
           RETURNING r.job_id, r.epoch, r.generation, r.last_no - i.n_events AS base, r.last_no,
             r.pause_requested, r.cancel_requested, r.wakes, r.state),
        results AS (INSERT INTO job_results (job_id, output, error)
           SELECT d.job_id, CASE WHEN d.goal = 'succeeded' THEN d.output END, CASE WHEN d.goal = 'failed' THEN CASE WHEN d.goal = d.want THEN d.error ELSE json_build_object('type', 'approvalExpired', 'message', d.by_whom)::text END END
             FROM d JOIN u USING (job_id) WHERE d.goal IN ('succeeded','failed')
           ON CONFLICT (job_id) DO UPDATE SET output = EXCLUDED.output, error = EXCLUDED.error),
        notices AS (INSERT INTO child_ends (parent_id, child_id, parent_key, state)
           SELECT d.parent_id, d.job_id, d.parent_key, d.goal FROM d JOIN u USING (job_id)
            WHERE d.parent_id IS NOT NULL AND u.generation = 0 AND d.goal IN ('succeeded','failed','cancelled') ON CONFLICT DO NOTHING),
        gone AS (DELETE FROM waits w USING d JOIN u USING (job_id) WHERE w.job_id = d.job_id AND d.goal IN ('succeeded','failed','cancelled')),
        closed AS (UPDATE approvals a SET state = 'cancelled', decided_at = t.now, decided_by = 'system' FROM d JOIN u USING (job_id), t
            WHERE a.job_id = d.job_id AND a.state = 'pending' AND d.goal IN ('succeeded','failed','cancelled')),
        again AS (INSERT INTO waits (job_id, key, group_key, kind, since, due_at)
           SELECT d.job_id, '~retry', '~retry', 'retry', t.now, t.now + make_interval(secs => d.retry_seconds)
             FROM d JOIN u USING (job_id), t WHERE d.retry_seconds IS NOT NULL AND d.goal IN ('waiting','paused')
           ON CONFLICT (job_id, key) DO UPDATE SET due_at = EXCLUDED.due_at),
        kept AS (INSERT INTO checkpoints (job_id, key, version, value, step, epoch, worker, event_no, at)
           SELECT c.job_id, c.key, COALESCE((SELECT max(k.version) FROM checkpoints k WHERE k.job_id = c.job_id), 0) + c.rank,
                  c.value, c.step, u.epoch, @worker, u.last_no, t.now
             FROM unnest(@c_job, @c_key, @c_value, @c_step, @c_rank) AS c(job_id, key, value, step, rank) JOIN u USING (job_id), t)
        """;

    private const string Tail = """
        ,
        s AS (INSERT INTO steps (job_id, key, generation, name, kind, state, no, attempt, input_hash, result, error, service, usage, started_at, completed_at)
           SELECT s.job_id, s.key, u.generation, s.name, s.kind, s.state, u.base + s.event_index, s.attempt, s.input_hash, s.result, s.error, s.service, s.usage,
                  t.now - s.elapsed_ms * interval '1 millisecond', CASE WHEN s.state <> 'running' THEN t.now END
             FROM unnest(@s_job, @s_key, @s_name, @s_kind, @s_state, @s_event, @s_attempt, @s_hash, @s_result, @s_error, @s_service, @s_usage, @s_elapsed)
               AS s(job_id, key, name, kind, state, event_index, attempt, input_hash, result, error, service, usage, elapsed_ms)
             JOIN u USING (job_id), t
           ON CONFLICT (job_id, key, generation) DO UPDATE
             SET state = EXCLUDED.state, no = EXCLUDED.no, attempt = EXCLUDED.attempt, result = EXCLUDED.result, error = EXCLUDED.error,
                 usage = EXCLUDED.usage, completed_at = EXCLUDED.completed_at
             WHERE steps.state = 'running'),
        e AS (INSERT INTO events (job_id, no, at, type, level, message, data, actor)
        """;

    private const string LeanEvents = """
           SELECT e.job_id, u.base + e.idx, t.now, e.type, e.level, e.message, e.data, e.actor
             FROM unnest(@e_job, @e_idx, @e_type, @e_level, @e_message, @e_data, @e_actor, @e_final)
               AS e(job_id, idx, type, level, message, data, actor, final) JOIN u USING (job_id), t)
        """;

    private const string FullEvents = """
           SELECT e.job_id, u.base + e.idx, t.now,
                  CASE WHEN e.final AND d.goal <> d.want THEN CASE d.goal WHEN 'cancelled' THEN 'job.cancelled' WHEN 'paused' THEN 'job.paused' WHEN 'failed' THEN 'job.failed' ELSE e.type END ELSE e.type END,
                  CASE WHEN e.final AND d.goal <> d.want THEN CASE d.goal WHEN 'failed' THEN 'error' ELSE 'info' END ELSE e.level END,
                  CASE WHEN e.final AND d.goal <> d.want THEN CASE d.goal WHEN 'cancelled' THEN 'Cancelled by ' || d.by_whom WHEN 'paused' THEN 'Paused by ' || d.by_whom WHEN 'failed' THEN d.by_whom ELSE e.message END ELSE e.message END,
                  CASE WHEN e.final AND d.goal <> d.want AND d.goal IN ('cancelled','paused','failed') THEN NULL ELSE e.data END, e.actor
             FROM unnest(@e_job, @e_idx, @e_type, @e_level, @e_message, @e_data, @e_actor, @e_final)
               AS e(job_id, idx, type, level, message, data, actor, final) JOIN u USING (job_id) JOIN d USING (job_id), t
           RETURNING job_id, no, type, level, message, data)
        """;

    // done: written now or by an earlier try whose reply was lost. Rows that are missing here were busy.
    private const string ReplyColumns = """

        SELECT l.job_id, (u.job_id IS NOT NULL) AS written, (u.job_id IS NOT NULL OR (l.epoch = i.epoch AND l.write_no >= i.write_no)) AS done,
               t.now, COALESCE(u.base, 0), COALESCE(u.last_no, l.last_no),
               COALESCE(u.pause_requested, l.pause_requested), COALESCE(u.cancel_requested, l.cancel_requested),
               COALESCE(u.wakes, l.wakes), COALESCE(u.state, l.state)
        """;

    private const string SingleReply = """

        SELECT u.job_id, true, true, t.now, u.base, u.last_no, u.pause_requested, u.cancel_requested, u.wakes, u.state FROM u, t
        """;

    private const string LeanReply = """
          FROM l JOIN i USING (job_id) LEFT JOIN u USING (job_id), t
        """;

    // With the last event as it was written: the row may have made something else of the end.
    private const string FullReply = """
          , last.type, last.level, last.message, last.data
          FROM l JOIN i USING (job_id) LEFT JOIN u USING (job_id) LEFT JOIN e last ON last.job_id = u.job_id AND last.no = u.last_no, t
        """;

    public const string Single = HeadSingle + LeanUpdate + Tail + LeanEvents + SingleReply;
    public const string Lean = Head + LeanUpdate + Tail + LeanEvents + ReplyColumns + LeanReply;
    public const string Full = Head + FullUpdate + Tail + FullEvents + ReplyColumns + FullReply;
}
