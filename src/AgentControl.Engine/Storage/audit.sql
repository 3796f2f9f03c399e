-- A text as the chain counts it: its length in front, so that no two contents read alike.
CREATE FUNCTION ac_audit_part(p text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p IS NULL THEN '-;' ELSE octet_length(p) || ':' || p || ';' END
$$;

-- The hash of a line: over the hash of the line before it and everything that the line says. AuditChain computes the same.
CREATE FUNCTION ac_audit_hash(p_before bytea, l audit_log) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(p_before || convert_to(
    ac_audit_part(l.id::text) || ac_audit_part((extract(epoch FROM l.at) * 1000000)::bigint::text) || ac_audit_part(l.actor)
    || ac_audit_part(l.actor_name) || ac_audit_part(l.origin) || ac_audit_part(l.action) || ac_audit_part(l.target)
    || ac_audit_part(l.target_name) || ac_audit_part(l.before) || ac_audit_part(l.after), 'UTF8'))
$$;

-- A line is never changed and never deleted. It takes its place in the chain once, at the end of the transaction that wrote it.
CREATE OR REPLACE FUNCTION ac_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.hash IS NOT NULL
       AND (OLD.id, OLD.at, OLD.actor, OLD.actor_name, OLD.origin, OLD.action, OLD.target, OLD.target_name, OLD.before, OLD.after)
           IS NOT DISTINCT FROM (NEW.id, NEW.at, NEW.actor, NEW.actor_name, NEW.origin, NEW.action, NEW.target, NEW.target_name, NEW.before, NEW.after)
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'audit_log is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- Runs as the last thing before the commit, so that whoever waits for the chain's end holds nothing that its owner still needs.
CREATE FUNCTION ac_chain_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head audit_head%ROWTYPE;
  link bytea;
BEGIN
  SELECT * INTO head FROM audit_head WHERE id = 1 FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'audit_head has lost its row, so no change can be recorded' USING ERRCODE = 'restrict_violation';
  END IF;
  link := ac_audit_hash(head.hash, NEW);
  UPDATE audit_log SET seq = head.seq + 1, hash = link WHERE id = NEW.id;
  UPDATE audit_head SET seq = head.seq + 1, hash = link WHERE id = 1;
  RETURN NULL;
END $$;

CREATE FUNCTION ac_refuse_head_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_head is kept: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head
  FOR EACH STATEMENT EXECUTE FUNCTION ac_refuse_head_change();

-- The lines from before there was a chain, in the order of their times.
DO $$
DECLARE
  line audit_log%ROWTYPE;
  n bigint := 0;
  link bytea := decode(repeat('00', 32), 'hex');
BEGIN
  FOR line IN SELECT * FROM audit_log ORDER BY at, id LOOP
    link := ac_audit_hash(link, line);
    n := n + 1;
    UPDATE audit_log SET seq = n, hash = link WHERE id = line.id;
  END LOOP;
  INSERT INTO audit_head (id, seq, hash) VALUES (1, n, link);
END $$;

CREATE CONSTRAINT TRIGGER audit_log_chain AFTER INSERT ON audit_log DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.seq IS NULL) EXECUTE FUNCTION ac_chain_audit();
