-- How often contacts of one chunk of 65,536 ordinals (chunk = ordinal >> 16) changed: the sum of its rows. Whoever
-- changes contacts adds a row and waits for nobody; the rows of a chunk are summed up from time to time. Rows are never
-- removed without the answers: a count that begins anew would make an old answer true.
CREATE TABLE contact_chunk (
    account_id  integer NOT NULL,
    chunk       integer NOT NULL,
    version     bigint  NOT NULL
);
CREATE INDEX contact_chunk_version ON contact_chunk (account_id, chunk) INCLUDE (version);

-- Who of one chunk a condition holds for, found when the chunk had this version; true as long as it has it.
-- `condition`: SHA-256 of the SQL and its values, so that relative days are those of one day.
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

-- Who is suppressed depends on two tables, and on the same address in both. So addresses have chunks too, 1,024 by
-- their hash, numbered from -1 down; whoever comes, goes, is suppressed or no longer is, changes that of the address.
CREATE FUNCTION address_chunk(canonical text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN -1 - (hashtext(canonical COLLATE "C") & 1023);

CREATE FUNCTION contact_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contact_chunk (account_id, chunk, version)
    SELECT account_id, ordinal >> 16, 1 FROM changed GROUP BY 1, 2;
    RETURN NULL;
END $$;
CREATE FUNCTION address_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contact_chunk (account_id, chunk, version)
    SELECT account_id, address_chunk(canonical), 1 FROM changed GROUP BY 1, 2;
    RETURN NULL;
END $$;
CREATE TRIGGER contact_added AFTER INSERT ON contact REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION contact_changed();
CREATE TRIGGER contact_edited AFTER UPDATE ON contact REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION contact_changed();
CREATE TRIGGER contact_removed AFTER DELETE ON contact REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION contact_changed();
CREATE TRIGGER contact_address_added AFTER INSERT ON contact REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION address_changed();
CREATE TRIGGER contact_address_removed AFTER DELETE ON contact REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION address_changed();
CREATE TRIGGER suppression_added AFTER INSERT ON suppression REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION address_changed();
CREATE TRIGGER suppression_lifted AFTER DELETE ON suppression REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION address_changed();

-- Nothing here changes an address or a reach, or empties the tables; but a developer may.
CREATE FUNCTION address_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contact_chunk (account_id, chunk, version)
    VALUES (OLD.account_id, address_chunk(OLD.canonical), 1), (NEW.account_id, address_chunk(NEW.canonical), 1);
    RETURN NULL;
END $$;
CREATE TRIGGER contact_address_moved AFTER UPDATE OF canonical ON contact
    FOR EACH ROW EXECUTE FUNCTION address_moved();
CREATE TRIGGER suppression_moved AFTER UPDATE OF canonical, reach, reach_id ON suppression
    FOR EACH ROW EXECUTE FUNCTION address_moved();
CREATE FUNCTION contacts_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contact_chunk (account_id, chunk, version)
    SELECT account_id, unnest(ARRAY[ordinal >> 16, address_chunk(canonical)]), 1 FROM contact GROUP BY 1, 2;
    RETURN NULL;
END $$;
CREATE TRIGGER contact_emptied BEFORE TRUNCATE ON contact FOR EACH STATEMENT EXECUTE FUNCTION contacts_emptied();
CREATE FUNCTION suppressions_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contact_chunk (account_id, chunk, version)
    SELECT account_id, address_chunk(canonical), 1 FROM suppression GROUP BY 1, 2;
    RETURN NULL;
END $$;
CREATE TRIGGER suppression_emptied BEFORE TRUNCATE ON suppression
    FOR EACH STATEMENT EXECUTE FUNCTION suppressions_emptied();
