-- What the model cannot say. Runs once, at the end of the Initial migration.

-- Test time: every instant that decides anything is ac_now(). The offset stays zero outside tests.
CREATE TABLE clock (one boolean PRIMARY KEY DEFAULT true CHECK (one), shift interval NOT NULL DEFAULT '0');
INSERT INTO clock DEFAULT VALUES;

CREATE FUNCTION ac_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT clock_timestamp() + (SELECT shift FROM clock) $$;

-- What people see of a job. Repeats JobLabel.Of; a test compares the two over all combinations. Inlined by the planner, so
-- that its index serves r.label as if it were a column.
CREATE FUNCTION ac_label(state text, recovering boolean, cancel_requested boolean, pause_requested boolean, backing_off boolean,
                         waiting_kind text, outcome text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT
    CASE state
    WHEN 'scheduled' THEN 'scheduled'
    WHEN 'queued' THEN CASE WHEN recovering THEN 'recovering' ELSE 'queued' END
    WHEN 'running' THEN CASE WHEN cancel_requested THEN 'cancelling' WHEN pause_requested THEN 'pausing'
    WHEN recovering THEN 'recovering' WHEN backing_off THEN 'retrying' ELSE 'running' END
    WHEN 'waiting' THEN CASE waiting_kind WHEN 'approval' THEN 'needs_approval' WHEN 'retry' THEN 'retrying' ELSE 'waiting' END
    WHEN 'paused' THEN 'paused'
    WHEN 'succeeded' THEN 'completed'
    WHEN 'failed' THEN CASE WHEN outcome = 'timeout' THEN 'timed_out' ELSE 'failed' END
    ELSE CASE WHEN outcome = 'rejected' THEN 'rejected' ELSE 'cancelled' END
    END
$$;
CREATE FUNCTION label(r job_runs) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT ac_label(r.state, r.recovering, r.cancel_requested, r.pause_requested, r.backing_off, r.waiting_kind, r.outcome) $$;
CREATE INDEX ix_job_runs_label ON job_runs
  (ac_label(state, recovering, cancel_requested, pause_requested, backing_off, waiting_kind, outcome), job_id DESC);

-- The legal moves. Repeats JobTransitions; a test compares the two over all pairs.
CREATE FUNCTION ac_may_become(was text, becomes text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT
    CASE was
    WHEN 'scheduled' THEN becomes IN ('queued','cancelled')
    WHEN 'queued' THEN becomes IN ('running','paused','failed','cancelled')
    WHEN 'running' THEN becomes IN ('waiting','paused','queued','succeeded','failed','cancelled')
    WHEN 'waiting' THEN becomes IN ('queued','paused','failed','cancelled')
    WHEN 'paused' THEN becomes IN ('queued','waiting','failed','cancelled')
    WHEN 'failed' THEN becomes = 'queued'
    WHEN 'cancelled' THEN becomes = 'queued'
    ELSE false
    END
$$;

-- What belongs together when the state changes, and whether it may change so. Not a CHECK: steps leave the state as it is, and need not pay for it.
CREATE FUNCTION ac_check_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state NOT IN ('scheduled','queued','running','waiting','paused','succeeded','failed','cancelled')
     OR (NEW.state = 'running') <> (NEW.lease_until IS NOT NULL)
     OR (NEW.state = 'waiting') > (NEW.waiting_kind IS NOT NULL)
     OR (NEW.state IN ('succeeded','failed','cancelled')) <> (NEW.finished_at IS NOT NULL) THEN
    RAISE EXCEPTION 'job % may not be % with lease %, wait % and end %', NEW.job_id, NEW.state, NEW.lease_until, NEW.waiting_kind, NEW.finished_at
      USING ERRCODE = 'check_violation', CONSTRAINT = 'job_runs_state';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.state <> NEW.state THEN
    IF NOT ac_may_become(OLD.state, NEW.state) THEN
      RAISE EXCEPTION 'job % may not go from % to %', NEW.job_id, OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'job_runs_transition';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER job_runs_state AFTER INSERT OR UPDATE OF state ON job_runs FOR EACH ROW EXECUTE FUNCTION ac_check_state();

-- Journal and log: partitioned by job id from the first day (UUIDv7 is ordered by time).
CREATE TABLE steps (
  job_id uuid NOT NULL, key text NOT NULL, generation int NOT NULL DEFAULT 0,
  name text NOT NULL, kind text NOT NULL,
  state text NOT NULL,
  no bigint, attempt int NOT NULL, input_hash bytea, result bytea, error text, service text, usage text,
  started_at timestamptz NOT NULL, completed_at timestamptz,
  PRIMARY KEY (job_id, key, generation)
) PARTITION BY RANGE (job_id);

CREATE TABLE events (
  job_id uuid NOT NULL, no bigint NOT NULL, at timestamptz NOT NULL,
  type text NOT NULL, level text NOT NULL, message text NOT NULL, data text, actor text,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (job_id, no)
) PARTITION BY RANGE (job_id);

CREATE TABLE steps_rest PARTITION OF steps DEFAULT;
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE INDEX ix_events_xid ON events (xid);

-- The smallest UUIDv7 of a moment.
CREATE FUNCTION ac_uuid_floor(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid $$;

-- The month after, in UTC.
CREATE FUNCTION ac_month_after(month timestamptz, months int) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
$$ SELECT (month AT TIME ZONE 'UTC' + make_interval(months => months)) AT TIME ZONE 'UTC' $$;

-- The months that still need a partition: from this one to so many ahead, and those whose rows fell into the default partition meanwhile.
CREATE FUNCTION ac_missing_partitions(ahead int) RETURNS TABLE (parent text, month timestamptz) LANGUAGE plpgsql AS $$
DECLARE this_month timestamptz := date_trunc('month', ac_now(), 'UTC'); stray uuid;
BEGIN
  FOREACH parent IN ARRAY ARRAY['steps','events'] LOOP
    FOR i IN 0..ahead LOOP
      month := ac_month_after(this_month, i);
      IF to_regclass(parent || to_char(month AT TIME ZONE 'UTC', '_YYYYMM')) IS NULL THEN RETURN NEXT; END IF;
    END LOOP;
    month := '2020-01-01 00:00Z';
    LOOP
      EXECUTE format('SELECT job_id FROM %I WHERE job_id >= $1 AND job_id < $2 ORDER BY job_id LIMIT 1', parent || '_rest')
        INTO stray USING ac_uuid_floor(month), ac_uuid_floor(this_month);
      EXIT WHEN stray IS NULL;
      month := date_trunc('month', to_timestamp(('x' || left(replace(stray::text, '-', ''), 12))::bit(48)::bigint / 1000.0), 'UTC');
      RETURN NEXT;
      month := ac_month_after(month, 1);
    END LOOP;
  END LOOP;
END $$;

-- Makes one month's partition beside running jobs, and takes over its rows where the default partition holds some: PostgreSQL
-- would refuse the partition otherwise. Its own right to move lines of the log ends with the call. Gives up (55P03) instead of
-- making every writer queue behind it while a long read holds the table. One table a transaction: writers lock both.
CREATE FUNCTION ac_make_partition(parent text, month timestamptz) RETURNS void LANGUAGE plpgsql
SET lock_timeout = '2s' SET agentcontrol.retention = 'on' AS $$
DECLARE
  child text := parent || to_char(month AT TIME ZONE 'UTC', '_YYYYMM');
  rest text := parent || '_rest';
  low uuid := ac_uuid_floor(month);
  high uuid := ac_uuid_floor(ac_month_after(month, 1));
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('agentcontrol.partitions'));
  IF to_regclass(child) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', rest);
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
  EXECUTE format('INSERT INTO %I SELECT * FROM %I WHERE job_id >= $1 AND job_id < $2', child, rest) USING low, high;
  EXECUTE format('DELETE FROM %I WHERE job_id >= $1 AND job_id < $2', rest) USING low, high;
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, low, high);
END $$;
SELECT ac_make_partition(m.parent, m.month) FROM ac_missing_partitions(2) m;

-- The log is append-only; retention says so in its own session.
CREATE FUNCTION ac_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('agentcontrol.retention', true) = 'on' THEN RETURN COALESCE(NEW, OLD); END IF;
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION ac_refuse_change();

-- Search by the beginning of name or id; names also sort by it, whatever the database's own collation is.
CREATE INDEX ix_jobs_name ON jobs (lower(name) COLLATE "C", id DESC);
CREATE INDEX ix_jobs_short_id_prefix ON jobs (lower(short_id) text_pattern_ops);

-- Workspaces ---------------------------------------------------------------------------------------------------------

INSERT INTO workspaces (name) VALUES ('default');

-- What a reader holds in his hand: a version and the beginning of its hash.
CREATE FUNCTION ac_etag(p_version integer, p_sha256 bytea) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT p_version || '-' || left(encode(p_sha256, 'hex'), 16) $$;

-- Writes one version of a file and its line in the feed, inside the caller's transaction. The row of the name is the
-- lock: of two writers with the same expectation the second sees the first. The id makes a repeated call harmless.
-- p_match: NULL anything goes, '{*}' the file must exist, '{}' it must not, otherwise one of these ETags.
CREATE FUNCTION ac_write_file(
    p_id uuid, p_workspace text, p_path text, p_sha256 bytea, p_size bigint, p_content bytea, p_content_type text,
    p_author_kind text, p_author_name text, p_job uuid, p_step text, p_match text[],
    OUT outcome text, OUT o_version integer, OUT o_sha256 bytea, OUT o_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
    head workspace_files;
    known workspace_file_versions;
    alive boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM workspaces WHERE name = p_workspace) THEN
        outcome := 'noWorkspace';
        RETURN;
    END IF;
    -- Contents on disk: the sweeper takes this lock alone before it removes a hash that no row names.
    IF p_content IS NULL THEN
        PERFORM pg_advisory_xact_lock_shared(('x' || encode(substr(p_sha256, 1, 8), 'hex'))::bit(64)::bigint);
    END IF;
    LOOP
        SELECT * INTO head FROM workspace_files WHERE workspace = p_workspace AND path = p_path FOR UPDATE;
        EXIT WHEN FOUND;
        IF cardinality(p_match) > 0 THEN
            outcome := 'changed';
            RETURN;
        END IF;
        INSERT INTO workspace_files (workspace, path, version, sha256, size, content_type, author_kind, author_name, at)
        VALUES (p_workspace, p_path, 0, p_sha256, p_size, p_content_type, p_author_kind, p_author_name, ac_now())
        ON CONFLICT DO NOTHING;
    END LOOP;

    SELECT * INTO known FROM workspace_file_versions WHERE id = p_id;
    IF FOUND THEN
        outcome := CASE WHEN known.workspace = p_workspace AND known.path = p_path AND known.sha256 = p_sha256
                        THEN 'replayed' ELSE 'otherContent' END;
        o_version := known.version; o_sha256 := known.sha256; o_at := known.at;
        RETURN;
    END IF;

    alive := head.version > 0 AND head.deleted_at IS NULL;
    IF p_match IS NOT NULL
        AND NOT (cardinality(p_match) = 0 AND NOT alive)
        AND NOT (cardinality(p_match) > 0 AND alive AND (p_match @> '{*}' OR ac_etag(head.version, head.sha256) = ANY (p_match)))
    THEN
        outcome := 'changed'; o_version := head.version; o_sha256 := head.sha256; o_at := head.at;
        RETURN;
    END IF;
    IF alive AND head.sha256 = p_sha256 AND head.content_type = p_content_type AND head.job_id IS NOT DISTINCT FROM p_job THEN
        outcome := 'unchanged'; o_version := head.version; o_sha256 := head.sha256; o_at := head.at;
        RETURN;
    END IF;

    outcome := 'written'; o_version := head.version + 1; o_sha256 := p_sha256; o_at := ac_now();
    INSERT INTO workspace_file_versions
        (id, workspace, path, version, sha256, size, content, content_type, author_kind, author_name, job_id, step_key, at)
    VALUES (p_id, p_workspace, p_path, o_version, p_sha256, p_size, p_content, p_content_type, p_author_kind, p_author_name, p_job, p_step, o_at);
    UPDATE workspace_files SET
        version = o_version, sha256 = p_sha256, size = p_size, content_type = p_content_type, author_kind = p_author_kind,
        author_name = p_author_name, job_id = p_job, step_key = p_step, at = o_at, deleted_at = NULL, deleted_by = NULL
    WHERE workspace = p_workspace AND path = p_path;
    INSERT INTO workspace_activity (id, workspace, kind, author_kind, author_name, job_id, path, version, text, at)
    VALUES (p_id, p_workspace, 'file.written', p_author_kind, p_author_name, p_job, p_path, o_version, '', o_at);
END $$;

-- Puts a file into the bin, or takes it out again, with its line in the feed. The versions stay as they are.
CREATE FUNCTION ac_bin_file(
    p_id uuid, p_workspace text, p_path text, p_author_kind text, p_author_name text, p_job uuid, p_match text[], p_restore boolean,
    OUT outcome text, OUT o_version integer, OUT o_sha256 bytea, OUT o_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
    head workspace_files;
BEGIN
    SELECT * INTO head FROM workspace_files WHERE workspace = p_workspace AND path = p_path AND version > 0 FOR UPDATE;
    o_version := head.version; o_sha256 := head.sha256; o_at := ac_now();
    IF EXISTS (SELECT FROM workspace_activity WHERE id = p_id) THEN
        outcome := 'replayed';
    ELSIF head.path IS NULL OR (head.deleted_at IS NULL) = p_restore THEN
        outcome := 'notFound';
    ELSIF p_match IS NOT NULL AND NOT (p_match @> '{*}' OR ac_etag(head.version, head.sha256) = ANY (p_match)) THEN
        outcome := 'changed';
    ELSE
        outcome := 'written';
        UPDATE workspace_files SET deleted_at = CASE WHEN p_restore THEN NULL ELSE o_at END,
                                   deleted_by = CASE WHEN p_restore THEN NULL ELSE p_author_name END
        WHERE workspace = p_workspace AND path = p_path;
        INSERT INTO workspace_activity (id, workspace, kind, author_kind, author_name, job_id, path, version, text, at)
        VALUES (p_id, p_workspace, CASE WHEN p_restore THEN 'file.restored' ELSE 'file.deleted' END,
                p_author_kind, p_author_name, p_job, p_path, head.version, '', o_at);
    END IF;
END $$;

-- Comments and activity are only ever added.
CREATE TRIGGER workspace_comments_append_only BEFORE UPDATE OR DELETE ON workspace_comments
    FOR EACH ROW EXECUTE FUNCTION ac_refuse_change();
CREATE TRIGGER workspace_activity_append_only BEFORE UPDATE OR DELETE ON workspace_activity
    FOR EACH ROW EXECUTE FUNCTION ac_refuse_change();
CREATE INDEX ix_jobs_owner ON jobs (lower(submitted_by), id DESC);


-- What people did stays as it was written: no role of the program may change or empty it.
CREATE FUNCTION ac_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION ac_refuse_audit_change();
CREATE TRIGGER audit_log_never_empty BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION ac_refuse_audit_change();
-- The fence of a single-job transaction: takes event numbers where the lease still holds, otherwise stops the transaction.
CREATE FUNCTION ac_fence(p_job uuid, p_epoch int, p_events int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE base bigint;
BEGIN
  UPDATE job_runs SET last_no = last_no + p_events, updated_at = ac_now()
   WHERE job_id = p_job AND epoch = p_epoch AND state = 'running' RETURNING last_no - p_events INTO base;
  IF base IS NULL THEN
    RAISE EXCEPTION 'the lease of job % at epoch % is lost', p_job, p_epoch USING ERRCODE = 'AC001';
  END IF;
  RETURN base;
END $$;

-- Appends one event under the job's row lock.
CREATE FUNCTION ac_append(p_job uuid, p_type text, p_level text, p_message text, p_data text, p_actor text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
  UPDATE job_runs SET last_no = last_no + 1, updated_at = ac_now(), anomalies = anomalies + (p_type = 'anomaly')::int
   WHERE job_id = p_job RETURNING last_no INTO n;
  INSERT INTO events (job_id, no, at, type, level, message, data, actor)
  VALUES (p_job, n, ac_now(), p_type, p_level, p_message, p_data, p_actor);
  RETURN n;
END $$;

-- Answers an open wait: journal entry, one more wake, and 'queued' where the job was parked. The caller holds the job's
-- row lock and has appended its event, whose number orders the entry. False where nothing waits under this key.
CREATE FUNCTION ac_answer(p_job uuid, p_key text, p_result bytea, p_fast boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE w waits%ROWTYPE; t timestamptz := ac_now();
BEGIN
  SELECT * INTO w FROM waits WHERE job_id = p_job AND key = p_key;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE approvals SET state = 'cancelled', decided_at = t, decided_by = 'system'
   WHERE state = 'pending' AND key <> p_key AND id IN (SELECT approval_id FROM waits WHERE job_id = p_job AND group_key = w.group_key);
  DELETE FROM waits WHERE job_id = p_job AND group_key = w.group_key;
  IF w.kind <> 'retry' THEN
    INSERT INTO steps (job_id, key, generation, name, kind, state, no, attempt, result, started_at, completed_at)
    SELECT p_job, p_key, r.generation, COALESCE(w.target, w.kind), w.kind, 'completed', r.last_no, r.epoch, p_result, w.since, t
      FROM job_runs r WHERE r.job_id = p_job;
  END IF;
  UPDATE job_runs SET wakes = wakes + 1, updated_at = t, steps = steps + (w.kind <> 'retry')::int,
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

-- Ends a job that no worker holds (or whose worker lost it): final state, event, result, the parent's notice, no more waits.
CREATE FUNCTION ac_end(p_job uuid, p_state text, p_outcome text, p_error text, p_message text, p_actor text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE t timestamptz := ac_now();
BEGIN
  PERFORM ac_append(p_job, 'job.' || p_state, CASE p_state WHEN 'failed' THEN 'error' ELSE 'info' END, p_message, p_error, p_actor);
  UPDATE approvals SET state = 'cancelled', decided_at = t, decided_by = p_actor WHERE job_id = p_job AND state = 'pending';
  DELETE FROM waits WHERE job_id = p_job;
  UPDATE job_runs SET state = p_state, outcome = p_outcome, finished_at = t, lease_until = NULL, resume = false, front = false,
         recovering = false, backing_off = false, waiting_kind = NULL, waiting_since = NULL, waiting_until = NULL,
         waiting_approval = NULL, waiting_detail = NULL, paused_at = NULL, pause_requested = false, cancel_requested = false
   WHERE job_id = p_job;
  IF p_error IS NOT NULL THEN
    INSERT INTO job_results (job_id, error) VALUES (p_job, p_error)
    ON CONFLICT (job_id) DO UPDATE SET error = EXCLUDED.error, output = NULL;
  END IF;
  INSERT INTO child_ends (parent_id, child_id, parent_key, state)
  SELECT j.parent_id, j.id, j.parent_key, p_state FROM jobs j JOIN job_runs r ON r.job_id = j.id WHERE j.id = p_job AND j.parent_id IS NOT NULL AND r.generation = 0
  ON CONFLICT DO NOTHING;
END $$;
