-- The record of who did what and why. Rows are only ever added.
CREATE TABLE audit_event (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at               timestamptz NOT NULL,
    actor_via        text        NOT NULL,
    actor_name       text        NOT NULL DEFAULT '',   -- only of actors without person and key
    actor_person_id  integer,
    actor_api_key_id integer,
    act              text        NOT NULL,              -- noun.verbed
    account_id       integer,                           -- NULL: concerns the installation
    subject          text        NOT NULL,              -- noun:id
    reason           text,
    facts            jsonb       NOT NULL DEFAULT '{}'
);

-- The newest events of one account, page by page.
CREATE INDEX audit_event_by_account ON audit_event (account_id, id);

-- A statement trigger fires even where no row matches, so that an attempt is always an error and never a quiet nothing.
CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_event is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse();

-- ALWAYS: session_replication_role = replica does not switch it off.
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_append_only;
