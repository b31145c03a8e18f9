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
-- Rows come in order of time, so that some pages hold each hour; and an index of this kind costs the fold nothing.
CREATE INDEX event_at ON event USING brin (at) WITH (pages_per_range = 32, autosummarize = on);

-- Events of one campaign, packed: columns of numbers, compressed (fairpost/events/packing/columns.py). A pack covers
-- the ordinals from `low` to `high`, so that a question for one contact opens few packs.
CREATE TABLE event_pack (
    account_id   integer     NOT NULL,
    campaign_id  integer     NOT NULL,
    pack         integer     NOT NULL,
    low          integer     NOT NULL,
    high         integer     NOT NULL,
    first_at     timestamptz NOT NULL,
    last_at      timestamptz NOT NULL,
    events       integer     NOT NULL,
    columns      bytea       NOT NULL,
    PRIMARY KEY (account_id, campaign_id, pack)
);
ALTER TABLE event_pack ALTER COLUMN columns SET STORAGE EXTERNAL;

-- Who did what, each once: a roaring bitmap of whole ordinals per campaign, kind, link (-1: any) and chunk of 65,536
-- ordinals (chunk = ordinal >> 16); of a single link, per 16 chunks under the first one's number
-- (chunk = ordinal >> 20 << 4). What machines did has kinds of its own.
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
-- Bitmaps are compressed already: trying again would cost the fold more than all else.
ALTER TABLE event_members ALTER COLUMN members SET STORAGE EXTERNAL;
ALTER TABLE event_day_members ALTER COLUMN members SET STORAGE EXTERNAL;

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

-- How many there are of each kind of a campaign: different people, and occurrences. Changed wherever sets and hours are,
-- so that reports read some rows; it stays when those are past their time, or a person is erased.
CREATE TABLE event_count (
    account_id   integer  NOT NULL,
    campaign_id  integer  NOT NULL,
    kind         smallint NOT NULL,
    link         smallint NOT NULL,
    people       bigint   NOT NULL,
    total        bigint   NOT NULL,
    PRIMARY KEY (account_id, campaign_id, kind, link)
);

-- The domain of each contact of a chunk of 65,536 ordinals: `numbers` is a compressed array with, for each ordinal, the
-- place of its domain in `domains`, from 1 on; 0 is nobody. Good for ordinals below `next`. Made from contacts alone.
CREATE TABLE domain_chunk (
    account_id   integer  NOT NULL,
    chunk        integer  NOT NULL,
    next         integer  NOT NULL,
    domains      text[]   NOT NULL,
    numbers      bytea    NOT NULL,
    PRIMARY KEY (account_id, chunk)
);
ALTER TABLE domain_chunk ALTER COLUMN numbers SET STORAGE EXTERNAL;

-- What a campaign came to by domain, made in the background. `state` is what it was made from: when that changes it is
-- made anew. `counts` is compressed JSON.
CREATE TABLE campaign_domains (
    account_id   integer     NOT NULL,
    campaign_id  integer     NOT NULL,
    made_at      timestamptz NOT NULL,
    state        text        NOT NULL,
    counts       bytea       NOT NULL,
    PRIMARY KEY (account_id, campaign_id)
);

-- How far each spool of an edge is folded. `spool` is its name; both change in the transaction that writes its events.
CREATE TABLE spool_offset (
    spool        uuid   PRIMARY KEY,
    folded       bigint NOT NULL
);
