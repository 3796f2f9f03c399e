-- Groups of failures. Runs once, in its migration.

-- The scan begins at the first line of the log: what failed before belongs to groups too. It takes portions, beside running jobs.
INSERT INTO failure_cursor (one, xid, job_id, no) VALUES (true, 0, '00000000-0000-0000-0000-000000000000', 0);

-- The ends that the scan looks for, in the order of their commits. Every other line of the log pays nothing for it.
CREATE INDEX ix_events_failed ON events (xid, job_id, no) WHERE type = 'job.failed';

-- The group of a job's failure that still stands: the job has failed, and nobody has retried it or started a new run from it since.
CREATE FUNCTION ac_open_failure(p_job uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT (SELECT CASE WHEN EXISTS (SELECT 1 FROM jobs k WHERE k.forked_from = p_job AND k.submitted_at > f.at) THEN NULL ELSE f.group_id END
            FROM job_failures f WHERE f.job_id = p_job ORDER BY f.no DESC LIMIT 1)
   WHERE EXISTS (SELECT 1 FROM job_runs r WHERE r.job_id = p_job AND r.state = 'failed')
$$;
