-- One row per request that carried an Idempotency-Key, for 24 hours. Keyed by the API key as well: another key of the
-- account may be allowed less, and must not be shown an answer that it could not have got itself. Account 0 stands for
-- the installation. `fingerprint` is an HMAC, so that a password in a request cannot be guessed from it.
CREATE TABLE api_answer (
    account_id       integer     NOT NULL,
    api_key_id       integer     NOT NULL,
    idempotency_key  text        NOT NULL,
    fingerprint      bytea       NOT NULL,
    status           smallint,                 -- NULL: begun, and not ended yet (or cut short)
    body             text        NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL,
    PRIMARY KEY (account_id, api_key_id, idempotency_key)
);
CREATE INDEX api_answer_age ON api_answer (created_at);

-- The pace of each API key. Unlogged: a crash of the server empties it, which only fills everybody's bucket.
CREATE UNLOGGED TABLE api_bucket (
    api_key_id  integer PRIMARY KEY,
    tokens      double precision NOT NULL,
    at          timestamptz      NOT NULL,
    allowed     boolean          NOT NULL
);

-- Files that came by the API and are to be imported, or are being imported. `problem` is why one was given up.
CREATE TABLE api_upload (
    account_id  integer     NOT NULL,
    import_id   integer     NOT NULL,
    path        text        NOT NULL,
    actor       jsonb       NOT NULL,
    problem     text        NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (account_id, import_id)
);
CREATE INDEX api_upload_waiting ON api_upload (created_at) WHERE problem = '';
