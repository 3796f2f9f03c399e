-- What the model cannot say. Runs once, at the end of the Initial migration.

-- Test time: every instant that decides anything is ac_now(). The offset stays zero outside tests.
CREATE TABLE clock (one boolean PRIMARY KEY DEFAULT true CHECK (one), shift interval NOT NULL DEFAULT '0');
INSERT INTO clock DEFAULT VALUES;

CREATE FUNCTION ac_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT clock_timestamp() + (SELECT shift FROM clock) $$;

-- Journal and log: partitioned by job id from the first day (UUIDv7 is ordered by time).
CREATE TABLE steps (
  job_id uuid NOT NULL, key text NOT NULL, generation int NOT NULL DEFAULT 0,
  name text NOT NULL, kind text NOT NULL,
  state text NOT NULL CHECK (state IN ('running','completed','failed','superseded')),
  no bigint, attempt int NOT NULL, input_hash bytea, result bytea, error text, service text, usage text,
  started_at timestamptz NOT NULL, completed_at timestamptz,
  PRIMARY KEY (job_id, key, generation),
  CHECK ((state = 'running') = (no IS NULL))
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

-- Makes the monthly partitions from this month to so many months ahead; safe to repeat.
CREATE FUNCTION ac_make_partitions(ahead int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE month timestamptz; parent text; child text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('agentcontrol.partitions'));
  FOR i IN 0..ahead LOOP
    month := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => i);
    FOREACH parent IN ARRAY ARRAY['steps','events'] LOOP
      child := parent || to_char(month AT TIME ZONE 'UTC', '_YYYYMM');
      IF to_regclass(child) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent,
          ac_uuid_floor(month), ac_uuid_floor((month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'));
      END IF;
    END LOOP;
  END LOOP;
END $$;
SELECT ac_make_partitions(2);

-- The log is append-only; retention says so in its own session.
CREATE FUNCTION ac_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('agentcontrol.retention', true) = 'on' THEN RETURN COALESCE(NEW, OLD); END IF;
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION ac_refuse_change();

-- Search by the beginning of name or id.
CREATE INDEX ix_jobs_name ON jobs (lower(name) text_pattern_ops, id DESC);
CREATE INDEX ix_jobs_short_id_prefix ON jobs (lower(short_id) text_pattern_ops);
