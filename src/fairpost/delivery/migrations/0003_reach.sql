-- What an adapter knows of accepted mail in a relay's queue, by batch: every ordinal is in at most one row of its relay,
-- in none while the relay has not said anything of it. `gone` left the queue, and the relay's log has not said how.
CREATE TABLE relay_outcome (
    account_id   integer NOT NULL,
    campaign_id  integer NOT NULL,
    batch_no     integer NOT NULL,
    relay_id     integer NOT NULL,
    state        text    NOT NULL CHECK (state IN ('delivered', 'bounced', 'deferred', 'held', 'discarded', 'gone')),
    size         integer NOT NULL,
    members      bytea   NOT NULL,
    PRIMARY KEY (account_id, campaign_id, batch_no, relay_id, state)
);

-- What is asked of a relay's queue for one campaign. Written before anything is done and kept until it is done, so that
-- whoever comes next goes on with it. `seen_at`: trail folded before is taken in; `checked_at`: last compared with the
-- queue itself; `unresolved`: queue ids that were on their way when they were held; `counted`: messages that the relay
-- says it holds, where it cannot name them.
CREATE TABLE relay_hold (
    account_id   integer     NOT NULL,
    campaign_id  integer     NOT NULL,
    relay_id     integer     NOT NULL,
    state        text        NOT NULL CHECK (state IN ('asked', 'held', 'releasing', 'discarding')),
    at           timestamptz NOT NULL,
    seen_at      timestamptz,
    checked_at   timestamptz,
    unresolved   text[]      NOT NULL DEFAULT '{}',
    counted      bigint,
    PRIMARY KEY (account_id, campaign_id, relay_id)
);
CREATE INDEX relay_hold_relay ON relay_hold (relay_id);

-- How far a relay's log is read: the file, the place in it, its first bytes (a file emptied in place begins otherwise),
-- and the queue ids that are on their way to a destination, with the token of each.
CREATE TABLE relay_log (
    relay_id  integer     PRIMARY KEY,
    device    numeric(20) NOT NULL DEFAULT 0,
    inode     numeric(20) NOT NULL DEFAULT 0,
    position  bigint      NOT NULL DEFAULT 0,
    head      bytea       NOT NULL DEFAULT '',
    open_ids  bytea       NOT NULL DEFAULT '',
    read_at   timestamptz
);
