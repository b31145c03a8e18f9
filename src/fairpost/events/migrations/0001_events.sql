-- Single events as they were folded, until they are packed. `kind` and `machine`: see fairpost/events/kinds.py;
-- `link` is the number of the link in its content version, -1 for none. No key: an event is written once, with the
-- offset of the spool it came from, in one transaction.
CREATE TABLE event (
    account_id   integer     NOT NULL,
    campaign_id  integer     NOT NULL,
    ordinal      integer     NOT NULL,
    kind         smallint    NOT NULL,
    machine      smallint    NOT NULL,
    link         smallint    NOT NULL,
    at           timestamptz NOT NULL
);

-- Events of one campaign, packed: columns of numbers, compressed. First and last say what times lie in it.
CREATE TABLE event_pack (
    account_id   integer     NOT NULL,
    campaign_id  integer     NOT NULL,
    pack         integer     NOT NULL,
    first_at     timestamptz NOT NULL,
    last_at      timestamptz NOT NULL,
    events       integer     NOT NULL,
    columns      bytea       NOT NULL,
    PRIMARY KEY (account_id, campaign_id, pack)
);

-- Who did what, each once: a roaring bitmap of whole ordinals per campaign, kind, link (-1: any) and chunk of 65,536
-- ordinals (chunk = ordinal >> 16). What machines did has kinds of its own.
CREATE TABLE event_members (
    account_id   integer  NOT NULL,
    campaign_id  integer  NOT NULL,
    kind         smallint NOT NULL,
    link         smallint NOT NULL,
    chunk        integer  NOT NULL,
    members      bytea    NOT NULL,
    PRIMARY KEY (account_id, campaign_id, kind, link, chunk)
);

-- The same by the day (UTC), whatever the campaign: for segments over a period.
CREATE TABLE event_day_members (
    account_id   integer  NOT NULL,
    kind         smallint NOT NULL,
    day          date     NOT NULL,
    chunk        integer  NOT NULL,
    members      bytea    NOT NULL,
    PRIMARY KEY (account_id, kind, day, chunk)
);

-- How many, by the hour (UTC), each occurrence counted.
CREATE TABLE event_hour (
    account_id   integer     NOT NULL,
    campaign_id  integer     NOT NULL,
    kind         smallint    NOT NULL,
    link         smallint    NOT NULL,
    hour         timestamptz NOT NULL,
    total        bigint      NOT NULL,
    PRIMARY KEY (account_id, campaign_id, kind, link, hour)
);

-- How far each spool of an edge is folded. `spool` is its name; both change in the transaction that writes its events.
CREATE TABLE spool_offset (
    spool        uuid   PRIMARY KEY,
    folded       bigint NOT NULL
);
