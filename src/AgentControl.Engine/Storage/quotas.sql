-- The quota of a workspace, at the one place through which every version comes. What is kept counts, the bin and older
-- versions too: that is what fills the disk. Without a quota this costs one look at the workspace's row.
CREATE FUNCTION ac_hold_quota() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most workspaces;
    kept numeric;
BEGIN
    IF NOT EXISTS (SELECT FROM workspaces WHERE name = NEW.workspace AND (max_bytes IS NOT NULL OR max_files IS NOT NULL)) THEN
        RETURN NULL;
    END IF;
    -- One writer after the other from here on, so that two do not both take the last room.
    SELECT * INTO most FROM workspaces WHERE name = NEW.workspace FOR NO KEY UPDATE;
    IF most.max_bytes IS NOT NULL THEN
        SELECT sum(size) INTO kept FROM workspace_file_versions WHERE workspace = NEW.workspace;
        IF kept > most.max_bytes THEN
            RAISE EXCEPTION 'the workspace % may keep % bytes and would have %, with older versions and the bin. Delete files and empty the bin, or ask an admin to raise the limit.',
                NEW.workspace, most.max_bytes, kept USING ERRCODE = 'AC010';
        END IF;
    END IF;
    IF most.max_files IS NOT NULL AND NEW.version = 1 THEN
        SELECT count(*) INTO kept FROM workspace_files WHERE workspace = NEW.workspace AND (version > 0 OR path = NEW.path);
        IF kept > most.max_files THEN
            RAISE EXCEPTION 'the workspace % may keep % files and would have %, with the bin. Delete files and empty the bin, or ask an admin to raise the limit.',
                NEW.workspace, most.max_files, kept USING ERRCODE = 'AC010';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER workspace_file_versions_quota AFTER INSERT ON workspace_file_versions
    FOR EACH ROW EXECUTE FUNCTION ac_hold_quota();
