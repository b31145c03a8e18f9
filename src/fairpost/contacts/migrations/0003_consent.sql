-- The consent ledger: who agreed to what or took it back, when, how and under which text. Lines are only ever added;
-- an erasure puts a keyed hash where the address stood ('erased:' and hexadecimal digits) and changes nothing else.
CREATE TABLE consent (
    account_id    integer     NOT NULL,
    id            bigint      GENERATED ALWAYS AS IDENTITY,
    canonical     text        NOT NULL COLLATE "C",
    ordinal       integer,                          -- NULL: the address was no contact then, or is erased
    what          text        NOT NULL,             -- account, list:12, unit:3, tracking, or the name of a purpose
    act           text        NOT NULL CHECK (act IN ('given', 'confirmed', 'withdrawn', 'refused', 'erased')),
    how           text        NOT NULL CHECK (how IN ('form', 'api', 'import', 'unsubscribe_link', 'unsubscribe_mail',
                                  'complaint', 'preferences', 'person')),
    text_version  text,                             -- name/version/language of the text that was shown
    source        text        NOT NULL DEFAULT '',  -- campaign:7, form:..., import:3, a reason
    at            timestamptz NOT NULL,
    PRIMARY KEY (account_id, id)
);
-- The ledger of one address, page by page.
CREATE INDEX consent_of_address ON consent (account_id, canonical, id);

-- Addresses that were erased and must stay away: HMAC-SHA256 of account and canonical form under a key of the key ring,
-- which is outside of the database. Nobody can read an address out of it.
CREATE TABLE erased (
    account_id  integer     NOT NULL,
    hash        bytea       NOT NULL,
    key_id      smallint    NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (account_id, hash)
);

-- Sign-ups that wait for their confirmation by mail; deleted after seven days. `state`: new (to be posted), posted,
-- failed. Nothing of them is a contact yet.
CREATE TABLE signup_request (
    account_id    integer     NOT NULL,
    id            bigint      GENERATED ALWAYS AS IDENTITY,
    form_id       integer     NOT NULL,
    canonical     text        NOT NULL COLLATE "C",
    address       text        NOT NULL,
    attributes    jsonb       NOT NULL DEFAULT '{}',
    text_version  text        NOT NULL,
    state         text        NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'posted', 'failed')),
    attempts      integer     NOT NULL DEFAULT 0,
    not_before    timestamptz NOT NULL,
    requested_at  timestamptz NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX signup_request_of_address ON signup_request (account_id, canonical, requested_at);
CREATE INDEX signup_request_due ON signup_request (not_before) WHERE state = 'new';
CREATE INDEX signup_request_age ON signup_request (requested_at);

-- How many sign-ups came lately, by keyed hashes of network and address (nobody can read either out of them).
CREATE TABLE signup_pace (
    key     bytea            PRIMARY KEY,
    tokens  double precision NOT NULL,
    at      timestamptz      NOT NULL
);
CREATE INDEX signup_pace_age ON signup_pace (at);

-- Where opens and clicks are not followed: the whole account, a list, a territory. key: '' for account, the number of
-- the list as text, the territory in lower case.
CREATE TABLE tracking_off (
    account_id  integer     NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('account', 'list', 'territory')),
    key         text        NOT NULL DEFAULT '',
    at          timestamptz NOT NULL,
    PRIMARY KEY (account_id, kind, key)
);

-- Contacts who are not to be followed: one roaring bitmap of whole ordinals per chunk of 65,536 (chunk = ordinal >> 16).
CREATE TABLE tracking_off_chunk (
    account_id  integer NOT NULL,
    chunk       integer NOT NULL,
    members     bytea   NOT NULL,
    PRIMARY KEY (account_id, chunk)
);
