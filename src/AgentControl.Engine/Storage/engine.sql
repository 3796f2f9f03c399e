-- What the model cannot say. Runs once, at the end of the Initial migration.

-- Test time: every instant that decides anything is ac_now(). The offset stays zero outside tests.
CREATE TABLE clock (one boolean PRIMARY KEY DEFAULT true CHECK (one), shift interval NOT NULL DEFAULT '0');
INSERT INTO clock DEFAULT VALUES;

CREATE FUNCTION ac_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT clock_timestamp() + (SELECT shift FROM clock) $$;
