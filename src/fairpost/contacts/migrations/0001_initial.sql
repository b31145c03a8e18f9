-- Contacts of an account. The ordinal is dense per account, given once and never reused; gaps are allowed.
CREATE TABLE contact (
    account_id  integer     NOT NULL,
    ordinal     integer     NOT NULL,
    canonical   text        NOT NULL,               -- case-folded, domain as A-label: the one form for uniqueness
    address     text,                               -- as given, where it differs from the canonical form
    attributes  jsonb       NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (account_id, ordinal),
    UNIQUE (account_id, canonical)
);

-- The next free ordinal of each account.
CREATE TABLE contact_ordinal (
    account_id  integer PRIMARY KEY,
    next        integer NOT NULL DEFAULT 1
);

-- Membership of lists: one roaring bitmap per list and chunk of 65,536 ordinals (chunk = ordinal >> 16).
CREATE TABLE list_chunk (
    account_id  integer NOT NULL,
    list_id     integer NOT NULL,
    chunk       integer NOT NULL,
    members     bytea   NOT NULL,
    PRIMARY KEY (account_id, list_id, chunk)
);

-- Addresses that must not be mailed, by reach within one account. reach_id: '' for account, the A-label for domain,
-- the number as text for unit and list.
CREATE TABLE suppression (
    account_id  integer     NOT NULL,
    canonical   text        NOT NULL,
    reach       text        NOT NULL CHECK (reach IN ('account', 'domain', 'unit', 'list')),
    reach_id    text        NOT NULL DEFAULT '',
    reason      text        NOT NULL,
    source      text        NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (account_id, canonical, reach, reach_id)
);

-- Suppressions that reach over accounts (a reference table on a distributed installation). reach_id: '' for
-- installation, the number as text for a joint sender.
CREATE TABLE shared_suppression (
    canonical   text        NOT NULL,
    reach       text        NOT NULL CHECK (reach IN ('installation', 'joint_sender')),
    reach_id    text        NOT NULL DEFAULT '',
    reason      text        NOT NULL,
    source      text        NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (canonical, reach, reach_id)
);
