-- How the calls of services went, minute by minute, and how their circuits stood. Runs once, in its migration.

INSERT INTO service_minutes (service, minute, calls, failures, retries, fallbacks, latency)
SELECT service, date_trunc('minute', second), sum(calls), sum(failures), 0, 0, '{}' FROM service_calls GROUP BY 1, 2;

INSERT INTO circuit_changes (service, at, state, until, reason, changed_by)
SELECT name, since, state, until, reason, changed_by FROM circuits;

-- Adds what one process counted. Each bucket of p_latency is added to its own.
CREATE FUNCTION ac_service_count(p_name text, p_calls int, p_failures int, p_retries int, p_fallbacks int, p_latency int[], p_kind text, p_reason text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE t timestamptz := ac_now(); m timestamptz := date_trunc('minute', t);
BEGIN
  INSERT INTO service_minutes AS s (service, minute, calls, failures, retries, fallbacks, latency)
  VALUES (p_name, m, p_calls, p_failures, p_retries, p_fallbacks, p_latency)
  ON CONFLICT (service, minute) DO UPDATE SET calls = s.calls + EXCLUDED.calls, failures = s.failures + EXCLUDED.failures,
    retries = s.retries + EXCLUDED.retries, fallbacks = s.fallbacks + EXCLUDED.fallbacks,
    latency = ARRAY(SELECT COALESCE(a, 0) + COALESCE(b, 0) FROM unnest(s.latency, EXCLUDED.latency) WITH ORDINALITY AS x (a, b, n) ORDER BY n);
  DELETE FROM service_minutes s WHERE s.service = p_name AND s.minute < t - interval '30 days';
  IF p_kind IS NULL THEN RETURN; END IF;
  INSERT INTO service_errors AS e (service, minute, kind, calls, reason) VALUES (p_name, m, p_kind, 1, p_reason)
  ON CONFLICT (service, minute, kind) DO UPDATE SET calls = e.calls + 1, reason = EXCLUDED.reason;
  DELETE FROM service_errors e WHERE e.service = p_name AND e.minute < t - interval '30 days';
END $$;

CREATE FUNCTION ac_circuit_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO circuit_changes (service, at, state, until, reason, changed_by)
  VALUES (NEW.name, ac_now(), NEW.state, NEW.until, NEW.reason, NEW.changed_by);
  DELETE FROM circuit_changes c WHERE c.service = NEW.name AND c.at < ac_now() - interval '30 days';
  RETURN NULL;
END $$;

CREATE TRIGGER circuit_came AFTER INSERT ON circuits FOR EACH ROW EXECUTE FUNCTION ac_circuit_changed();
CREATE TRIGGER circuit_changed AFTER UPDATE ON circuits FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION ac_circuit_changed();

-- Jobs that wait for a service tell until when. A job that something else holds now tells it itself when it waits again.
CREATE FUNCTION ac_service_waits_tell(p_name text) RETURNS void LANGUAGE sql AS $$
  UPDATE job_runs r SET waiting_until = (SELECT min(w.due_at) FROM waits w WHERE w.job_id = r.job_id AND w.kind = 'service')
   WHERE r.job_id IN (SELECT q.job_id FROM job_runs q
                       WHERE q.state = 'waiting' AND q.waiting_kind = 'service'
                         AND q.job_id IN (SELECT w.job_id FROM waits w WHERE w.kind = 'service' AND w.target = p_name)
                         FOR UPDATE SKIP LOCKED)
$$;

CREATE OR REPLACE FUNCTION ac_circuit_close(p_name text, p_token uuid, p_by text, p_start float8, p_factor float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE t timestamptz := ac_now();
BEGIN
  UPDATE circuits SET state = 'closed', since = t, until = NULL, probe = NULL, admitted = CASE WHEN p_token IS NULL THEN 0 ELSE 1 END, changed_by = p_by,
         reason = CASE WHEN p_by IS NULL THEN reason END
   WHERE name = p_name AND CASE WHEN p_token IS NULL THEN state <> 'closed' ELSE state = 'probing' AND probe = p_token END;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE waits w SET due_at = t + make_interval(secs => ac_ramp(o.place, p_start, p_factor))
    FROM (SELECT job_id, key, row_number() OVER (ORDER BY since, job_id, key) AS place FROM waits WHERE kind = 'service' AND target = p_name) o
   WHERE w.job_id = o.job_id AND w.key = o.key;
  PERFORM ac_service_waits_tell(p_name);
  RETURN true;
END $$;

-- The next call may find out whether the service is well, and the longest-waiting branch makes it now. False where the circuit lets calls go anyway.
CREATE FUNCTION ac_circuit_test(p_name text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE t timestamptz := ac_now();
BEGIN
  UPDATE circuits SET until = t WHERE name = p_name AND state IN ('open', 'blocked');
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE waits w SET due_at = t
    FROM (SELECT job_id, key FROM waits WHERE kind = 'service' AND target = p_name ORDER BY since, job_id, key LIMIT 1) o
   WHERE w.job_id = o.job_id AND w.key = o.key;
  PERFORM ac_service_waits_tell(p_name);
  RETURN true;
END $$;
