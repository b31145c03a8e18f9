-- How often contacts of one chunk of 65,536 ordinals (chunk = ordinal >> 16) changed: the sum of its rows. Whoever changes
-- contacts adds a row and waits for nobody; the rows of a chunk are summed up from time to time. Rows are never
-- removed without the answers: a count that begins anew would make an old answer true.
CREATE TABLE contact_chunk (
    account_id  integer NOT NULL,
    chunk       integer NOT NULL,
    version     bigint  NOT NULL
);
CREATE INDEX contact_chunk_version ON contact_chunk (account_id, chunk) INCLUDE (version);

-- Who of one chunk a condition holds for, found when the chunk had this version; true as long as it has it. `condition`:
-- SHA-256 of the SQL and its values, so that relative days are those of one day.
CREATE TABLE segment_answer (
    account_id  integer NOT NULL,
    condition   bytea   NOT NULL,
    chunk       integer NOT NULL,
    version     bigint  NOT NULL,
    members     bytea   NOT NULL,
    used_on     date    NOT NULL,
    PRIMARY KEY (account_id, condition, chunk)
);
ALTER TABLE segment_answer ALTER COLUMN members SET STORAGE EXTERNAL;  -- compressed already

CREATE FUNCTION contact_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contact_chunk (account_id, chunk, version)
    SELECT account_id, ordinal >> 16, 1 FROM changed GROUP BY 1, 2;
    RETURN NULL;
END $$;
CREATE TRIGGER contact_added AFTER INSERT ON contact REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION contact_changed();
CREATE TRIGGER contact_edited AFTER UPDATE ON contact REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION contact_changed();
CREATE TRIGGER contact_removed AFTER DELETE ON contact REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION contact_changed();

-- Nothing here empties the table, but a developer may.
CREATE FUNCTION contacts_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contact_chunk (account_id, chunk, version)
    SELECT account_id, ordinal >> 16, 1 FROM contact GROUP BY 1, 2;
    RETURN NULL;
END $$;
CREATE TRIGGER contact_emptied BEFORE TRUNCATE ON contact FOR EACH STATEMENT EXECUTE FUNCTION contacts_emptied();
