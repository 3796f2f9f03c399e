-- Circuits: one row for each service that was ever in trouble, shared by all processes and changed under its lock. Runs once, in its migration.

-- When the n-th call (0 is the first) may go after a circuit closed, in seconds: p_start in the first second, p_factor times as many in each further one.
CREATE FUNCTION ac_ramp(n bigint, p_start float8, p_factor float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE k float8; gone float8;
BEGIN
  IF p_factor <= 1 THEN RETURN n / p_start; END IF;
  k := floor(ln(1 + n * (p_factor - 1) / p_start) / ln(p_factor));
  gone := p_start * (power(p_factor, k) - 1) / (p_factor - 1);
  RETURN k + (n - gone) / (p_start * power(p_factor, k));
END $$;

-- How many places the ramp has had after so many seconds.
CREATE FUNCTION ac_ramp_places(seconds float8, p_start float8, p_factor float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE k float8 := floor(seconds);
BEGIN
  IF p_factor <= 1 THEN RETURN seconds * p_start; END IF;
  RETURN p_start * (power(p_factor, k) - 1) / (p_factor - 1) + (seconds - k) * p_start * power(p_factor, k);
END $$;

-- Asks whether a call may go. 'go' after so many seconds, 'probe' (it alone may, under its token), or 'wait' with the seconds until it is worth asking again:
-- one after the other along the ramp, so that those who wait do not all ask at once. A place is taken only by who can wait for it where it stands.
CREATE FUNCTION ac_circuit_enter(p_name text, p_token uuid, p_probe_seconds float8, p_stay_seconds float8, p_start float8, p_factor float8,
                                 OUT answer text, OUT seconds float8) LANGUAGE plpgsql AS $$
DECLARE c circuits%ROWTYPE; t timestamptz := ac_now(); elapsed float8; place bigint;
BEGIN
  SELECT * INTO c FROM circuits WHERE name = p_name FOR UPDATE;
  answer := 'go'; seconds := 0;
  IF NOT FOUND THEN RETURN; END IF;
  elapsed := extract(epoch FROM t - c.since);
  IF c.state = 'closed' THEN
    -- Where a thousand a second may go, or after a minute, the ramp is over.
    IF elapsed > 60 OR p_start * power(p_factor, floor(elapsed)) >= 1000 THEN RETURN; END IF;
    -- Places that nobody took in time are gone.
    place := GREATEST(c.admitted, floor(ac_ramp_places(elapsed, p_start, p_factor))::bigint);
    seconds := GREATEST(0, ac_ramp(place, p_start, p_factor) - elapsed);
    IF seconds > p_stay_seconds THEN answer := 'wait'; RETURN; END IF;
    UPDATE circuits SET admitted = place + 1 WHERE name = p_name;
  ELSIF c.until > t OR c.state = 'blocked' AND c.until IS NULL THEN
    answer := 'wait';
    seconds := COALESCE(extract(epoch FROM c.until - t), 3600)
      + ac_ramp((SELECT count(*) FROM waits w WHERE w.kind = 'service' AND w.target = p_name), p_start, p_factor);
  ELSE
    -- Open or blocked and its time is over, or a probe that never came back.
    UPDATE circuits SET state = 'probing', probe = p_token, until = t + make_interval(secs => p_probe_seconds) WHERE name = p_name;
    answer := 'probe';
  END IF;
END $$;

-- Adds calls to the window; true where that opened the circuit.
CREATE FUNCTION ac_circuit_count(p_name text, p_calls int, p_failures int, p_reason text, p_ratio float8, p_minimum int, p_window float8, p_break float8)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE t timestamptz := ac_now(); n bigint; f bigint;
BEGIN
  INSERT INTO service_calls AS s (service, second, calls, failures) VALUES (p_name, date_trunc('second', t), p_calls, p_failures)
  ON CONFLICT (service, second) DO UPDATE SET calls = s.calls + EXCLUDED.calls, failures = s.failures + EXCLUDED.failures;
  DELETE FROM service_calls s WHERE s.service = p_name AND s.second < t - interval '1 hour';
  IF p_failures = 0 THEN RETURN false; END IF;
  SELECT sum(s.calls), sum(s.failures) INTO n, f FROM service_calls s
   WHERE s.service = p_name AND s.second > t - make_interval(secs => p_window)
     AND s.second > COALESCE((SELECT c.since FROM circuits c WHERE c.name = p_name), '-infinity');
  IF n IS NULL OR n < p_minimum OR f < p_ratio * n THEN RETURN false; END IF;
  INSERT INTO circuits AS c (name, state, since, until, admitted, reason) VALUES (p_name, 'open', t, t + make_interval(secs => p_break), 0, p_reason)
  ON CONFLICT (name) DO UPDATE SET state = 'open', since = t, until = EXCLUDED.until, admitted = 0, probe = NULL, reason = p_reason, changed_by = NULL
   WHERE c.state = 'closed';
  RETURN FOUND;
END $$;

-- Closes a circuit: by its probe, or where p_token is null by a person. Those who wait are woken along the ramp; each takes its place when it asks.
CREATE FUNCTION ac_circuit_close(p_name text, p_token uuid, p_by text, p_start float8, p_factor float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE t timestamptz := ac_now();
BEGIN
  UPDATE circuits SET state = 'closed', since = t, until = NULL, probe = NULL, admitted = CASE WHEN p_token IS NULL THEN 0 ELSE 1 END, changed_by = p_by,
         reason = CASE WHEN p_by IS NULL THEN reason END
   WHERE name = p_name AND CASE WHEN p_token IS NULL THEN state <> 'closed' ELSE state = 'probing' AND probe = p_token END;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE waits w SET due_at = t + make_interval(secs => ac_ramp(o.place, p_start, p_factor))
    FROM (SELECT job_id, key, row_number() OVER (ORDER BY since, job_id, key) AS place FROM waits WHERE kind = 'service' AND target = p_name) o
   WHERE w.job_id = o.job_id AND w.key = o.key;
  RETURN true;
END $$;

-- The waiting branch asks again and finds its answer in the circuit: its wait is no entry of the journal.
CREATE OR REPLACE FUNCTION ac_answer(p_job uuid, p_key text, p_result bytea, p_fast boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE w waits%ROWTYPE; t timestamptz := ac_now(); recorded boolean;
BEGIN
  SELECT * INTO w FROM waits WHERE job_id = p_job AND key = p_key;
  IF NOT FOUND THEN RETURN false; END IF;
  recorded := w.kind NOT IN ('retry','service');
  UPDATE approvals SET state = 'cancelled', decided_at = t, decided_by = 'system'
   WHERE state = 'pending' AND key <> p_key AND id IN (SELECT approval_id FROM waits WHERE job_id = p_job AND group_key = w.group_key);
  DELETE FROM waits WHERE job_id = p_job AND group_key = w.group_key;
  IF recorded THEN
    INSERT INTO steps (job_id, key, generation, name, kind, state, no, attempt, result, started_at, completed_at)
    SELECT p_job, p_key, r.generation, COALESCE(w.target, w.kind), w.kind, 'completed', r.last_no, r.epoch, p_result, w.since, t
      FROM job_runs r WHERE r.job_id = p_job;
  END IF;
  UPDATE job_runs SET wakes = wakes + 1, updated_at = t, steps = steps + recorded::int,
         state = CASE state WHEN 'waiting' THEN 'queued' ELSE state END,
         resume = CASE state WHEN 'waiting' THEN p_fast ELSE resume END,
         waiting_kind = CASE state WHEN 'waiting' THEN NULL ELSE waiting_kind END,
         waiting_since = CASE state WHEN 'waiting' THEN NULL ELSE waiting_since END,
         waiting_until = CASE state WHEN 'waiting' THEN NULL ELSE waiting_until END,
         waiting_approval = CASE state WHEN 'waiting' THEN NULL ELSE waiting_approval END,
         waiting_detail = CASE state WHEN 'waiting' THEN NULL ELSE waiting_detail END
   WHERE job_id = p_job;
  RETURN true;
END $$;
