-- What is appended is refused any change, in every table of the record; as in 0001, even in a replica session.
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- The chain: one row for each event that is sealed. hash = SHA-256 over the sequence, the hash before it, the time and
-- every column of the event; docs/reference/audit.md says exactly how.
CREATE TABLE audit_seal (
    sequence  bigint      PRIMARY KEY CHECK (sequence > 0),
    event_id  bigint      NOT NULL UNIQUE,
    previous  bytea       NOT NULL CHECK (octet_length(previous) = 32),
    hash      bytea       NOT NULL CHECK (octet_length(hash) = 32),
    sealed_at timestamptz NOT NULL
);
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE audit_seal ENABLE ALWAYS TRIGGER audit_seal_append_only;

-- Where the chain stood at a time: what the register publishes and others keep outside.
CREATE TABLE audit_head (
    sequence bigint      PRIMARY KEY CHECK (sequence > 0),
    hash     bytea       NOT NULL CHECK (octet_length(hash) = 32),
    at       timestamptz NOT NULL
);
CREATE TRIGGER audit_head_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE audit_head ENABLE ALWAYS TRIGGER audit_head_append_only;

-- Events that wait for their seal. A row gets visible together with its event, so that an event with a small id that
-- commits late is found as surely as any other, without looking through the record.
CREATE TABLE audit_unsealed (event_id bigint PRIMARY KEY) WITH (autovacuum_vacuum_scale_factor = 0);
CREATE FUNCTION audit_event_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealed (event_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_event_queued AFTER INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_queue();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_queued;

-- The vault: data keys, wrapped by the installation's key ring. Destroying one leaves the row, so that what it sealed is
-- known as erased. Old row versions hold the key until they are vacuumed, so that comes at once.
CREATE TABLE subject_key (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject      text        NOT NULL,          -- noun:id
    lookup       bytea       UNIQUE,            -- of local operators: by which the name finds its pseudonym
    wrapped      bytea,
    created_at   timestamptz NOT NULL,
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL)),
    CHECK (wrapped IS NOT NULL OR lookup IS NULL)
) WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);
CREATE INDEX subject_key_of ON subject_key (subject, id);

-- What is personal in an event (its reason, an operator's name), sealed under the key of who wrote it. The event holds
-- a commitment to it: SHA-256 over octets that include a random salt, so that it tells nothing after an erasure.
ALTER TABLE audit_event ADD COLUMN commitment bytea CHECK (octet_length(commitment) = 32);
CREATE TABLE audit_payload (
    event_id bigint PRIMARY KEY,
    subject  text   NOT NULL,
    sealed   bytea  NOT NULL
);
CREATE TRIGGER audit_payload_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_payload
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE audit_payload ENABLE ALWAYS TRIGGER audit_payload_append_only;
