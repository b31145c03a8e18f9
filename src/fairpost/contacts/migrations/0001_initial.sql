-- Contacts of an account. The ordinal is dense per account, given once and never reused; gaps are allowed.
-- Addresses compare by bytes (COLLATE "C"): one order on every server, and the cheapest index.
CREATE TABLE contact (
    account_id  integer     NOT NULL,
    ordinal     integer     NOT NULL,
    canonical   text        NOT NULL COLLATE "C",   -- case-folded, domain as A-label: the one form for uniqueness
    address     text,                               -- as given, where it differs from the canonical form
    attributes  jsonb       NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (account_id, ordinal),
    UNIQUE (account_id, canonical) INCLUDE (ordinal)
);

-- The next free ordinal of each account. Whoever adds contacts locks this row first: it is the account's
-- door for new contacts, so an import may look first and insert afterwards.
CREATE TABLE contact_ordinal (
    account_id  integer PRIMARY KEY,
    next        integer NOT NULL DEFAULT 1
);

-- Membership of lists: one roaring bitmap of whole ordinals per list and chunk of 65,536 (chunk = ordinal
-- >> 16).
CREATE TABLE list_chunk (
    account_id  integer NOT NULL,
    list_id     integer NOT NULL,
    chunk       integer NOT NULL,
    members     bytea   NOT NULL,
    PRIMARY KEY (account_id, list_id, chunk)
);

-- Addresses that must not be mailed, by reach within one account. reach_id: '' for account, the A-label for
-- domain, the number as text for unit and list.
CREATE TABLE suppression (
    account_id  integer     NOT NULL,
    canonical   text        NOT NULL COLLATE "C",
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
    canonical   text        NOT NULL COLLATE "C",
    reach       text        NOT NULL CHECK (reach IN ('installation', 'joint_sender')),
    reach_id    text        NOT NULL DEFAULT '',
    reason      text        NOT NULL,
    source      text        NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (canonical, reach, reach_id)
);

-- What DNS said about each distinct domain of any account's contacts (facts about DNS are nobody's secret;
-- a reference table on a distributed installation). mx: [[preference, host], ...], most preferred
-- first; provider: under which destination mail to it is paced.
CREATE TABLE contact_domain (
    domain      text        COLLATE "C" PRIMARY KEY,
    checked_at  timestamptz,
    mx          jsonb       NOT NULL DEFAULT '[]',
    verdict     text        NOT NULL DEFAULT 'unknown' CHECK (verdict IN ('ok', 'null_mx', 'dead', 'unknown')),
    provider    text        NOT NULL DEFAULT ''
);
CREATE INDEX contact_domain_unusable ON contact_domain (domain) WHERE verdict IN ('null_mx', 'dead');
