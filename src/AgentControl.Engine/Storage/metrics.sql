-- What the four metrics read. Runs once, in its migration.

CREATE FUNCTION ac_ms(span interval) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT GREATEST(0, extract(epoch FROM span) * 1000)::bigint $$;

-- How long a question of the job was open to people until then. Questions that were open at the same time count once.
CREATE FUNCTION ac_people_ms(p_job uuid, p_until timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT COALESCE(sum(ac_ms(upper(r) - lower(r))), 0)::bigint FROM (
    SELECT unnest(range_agg(tstzrange(a.requested_at, LEAST(a.decided_at, p_until)))) AS r
      FROM approvals a WHERE a.job_id = p_job AND a.requested_at < LEAST(a.decided_at, p_until)) open
$$;

-- Keeps ended_tasks in step with the jobs that have no parent.
CREATE FUNCTION ac_task_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM ended_tasks WHERE job_id = NEW.job_id;
  IF NEW.finished_at IS NULL THEN RETURN NULL; END IF;
  INSERT INTO ended_tasks (job_id, finished_at, agent, workspace, label, duration_ms, worked_ms, people_ms)
  SELECT j.id, NEW.finished_at, j.agent, j.workspace, label(NEW), ac_ms(NEW.finished_at - j.submitted_at), GREATEST(0, NEW.worked_ms - NEW.rested_ms), ac_people_ms(j.id, NEW.finished_at)
    FROM jobs j WHERE j.id = NEW.job_id AND j.parent_id IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER job_runs_came_ended AFTER INSERT ON job_runs FOR EACH ROW WHEN (NEW.finished_at IS NOT NULL) EXECUTE FUNCTION ac_task_ended();
CREATE TRIGGER job_runs_ended AFTER UPDATE OF state, finished_at ON job_runs FOR EACH ROW
  WHEN (NEW.finished_at IS DISTINCT FROM OLD.finished_at) EXECUTE FUNCTION ac_task_ended();

INSERT INTO ended_tasks (job_id, finished_at, agent, workspace, label, duration_ms, worked_ms, people_ms)
SELECT j.id, r.finished_at, j.agent, j.workspace, label(r), ac_ms(r.finished_at - j.submitted_at), GREATEST(0, r.worked_ms - r.rested_ms), ac_people_ms(j.id, r.finished_at)
  FROM jobs j JOIN job_runs r ON r.job_id = j.id WHERE r.finished_at IS NOT NULL AND j.parent_id IS NULL;

-- Adds what one process counted.
CREATE FUNCTION ac_service_used(p_service text, p_agents text[], p_calls int[], p_retries int[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE t timestamptz := ac_now();
BEGIN
  INSERT INTO service_use AS s (at, service, agent, calls, retries)
  SELECT date_bin('5 minutes', t, 'epoch'), p_service, u.agent, u.calls, u.retries FROM unnest(p_agents, p_calls, p_retries) AS u (agent, calls, retries)
  ON CONFLICT (at, service, agent) DO UPDATE SET calls = s.calls + EXCLUDED.calls, retries = s.retries + EXCLUDED.retries;
  DELETE FROM service_use s WHERE s.at < t - interval '92 days';
END $$;

INSERT INTO service_use (at, service, agent, calls, retries)
SELECT date_bin('5 minutes', minute, 'epoch'), service, '', sum(calls), sum(retries) FROM service_minutes GROUP BY 1, 2;

-- Recoveries and retries of all jobs, by time.
CREATE INDEX ix_events_metrics ON events (type, at) WHERE type IN ('job.recovered', 'step.retrying');
