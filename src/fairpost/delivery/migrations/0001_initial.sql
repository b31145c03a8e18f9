-- A campaign in dispatch: everything that a sender needs to know of it, frozen when it starts. One row per campaign.
CREATE TABLE dispatch (
    account_id          integer     NOT NULL,
    campaign_id         integer     NOT NULL,
    state               text        NOT NULL CHECK (state IN
                            ('planning', 'running', 'paused', 'stopped', 'cancelled', 'finished')),
    state_reason        text        NOT NULL DEFAULT '',
    state_by            text        NOT NULL DEFAULT '',
    state_at            timestamptz NOT NULL,
    pool_id             integer     NOT NULL,
    identity_id         integer     NOT NULL,
    content_version_id  integer     NOT NULL,
    unit_id             integer     NOT NULL,
    joint_sender_id     integer,
    sending_domain      text        NOT NULL,
    list_ids            integer[]   NOT NULL DEFAULT '{}',
    tracking            boolean     NOT NULL DEFAULT true,
    test                boolean     NOT NULL DEFAULT false,
    audience_size       integer     NOT NULL DEFAULT 0,
    selected            integer     NOT NULL DEFAULT 0,
    excluded            integer     NOT NULL DEFAULT 0,
    suppressed          integer     NOT NULL DEFAULT 0,
    dead_domain         integer     NOT NULL DEFAULT 0,
    frozen_at           timestamptz,
    latest_at           timestamptz NOT NULL,
    finished_at         timestamptz,
    PRIMARY KEY (account_id, campaign_id)
);
-- Senders read what is open on every rise of the epoch: few rows, whatever the history.
CREATE INDEX dispatch_open ON dispatch (account_id, campaign_id) WHERE state = 'running';

-- The frozen audience, cut at fixed ranges of 4,096 ordinals (batch_no = ordinal >> 12). Never changed.
CREATE TABLE batch_audience (
    account_id   integer NOT NULL,
    campaign_id  integer NOT NULL,
    batch_no     integer NOT NULL,
    size         integer NOT NULL,
    members      bytea   NOT NULL,
    PRIMARY KEY (account_id, campaign_id, batch_no)
);

-- Whom the audience had selected and did not keep when it was frozen, by the reason (excluded, suppressed, dead_domain).
CREATE TABLE audience_left_out (
    account_id   integer NOT NULL,
    campaign_id  integer NOT NULL,
    reason       text    NOT NULL,
    members      bytea   NOT NULL,
    PRIMARY KEY (account_id, campaign_id, reason)
);

-- What is still to be attempted, the unit of leasing. Part 0 is the slice itself; what is deferred, or held back for
-- one destination, goes on as a part of its own.
CREATE TABLE batch (
    account_id   integer     NOT NULL,
    campaign_id  integer     NOT NULL,
    batch_no     integer     NOT NULL,
    part         integer     NOT NULL,
    state        text        NOT NULL CHECK (state IN ('ready', 'leased', 'done')),
    members      bytea       NOT NULL,
    size         integer     NOT NULL,
    destination  text        NOT NULL DEFAULT '',
    attempts     integer     NOT NULL DEFAULT 0,
    not_before   timestamptz NOT NULL,
    sender_id    uuid,
    leased_at    timestamptz,
    PRIMARY KEY (account_id, campaign_id, batch_no, part)
);
-- Leasing takes the earliest ready part of one campaign.
CREATE INDEX batch_ready ON batch (account_id, campaign_id, not_before, batch_no, part) WHERE state = 'ready';
CREATE INDEX batch_leased ON batch (sender_id) WHERE state = 'leased';

-- What became of each recipient: every ordinal of a batch is in at most one row here; in none means pending.
CREATE TABLE batch_outcome (
    account_id   integer NOT NULL,
    campaign_id  integer NOT NULL,
    batch_no     integer NOT NULL,
    state        text    NOT NULL CHECK (state IN
                     ('accepted', 'deferred', 'withheld', 'failed', 'in_doubt', 'unknown')),
    reason       text    NOT NULL DEFAULT '',
    size         integer NOT NULL,
    members      bytea   NOT NULL,
    PRIMARY KEY (account_id, campaign_id, batch_no, state, reason)
);

-- The trail of single messages (time, relay, reply, queue id): journal records as they were, compressed; kept 30 days.
CREATE TABLE journal_segment (
    account_id   integer     NOT NULL,
    campaign_id  integer     NOT NULL,
    batch_no     integer     NOT NULL,
    sender_id    uuid        NOT NULL,
    position     bigint      NOT NULL,
    folded_at    timestamptz NOT NULL,
    records      bytea       NOT NULL,
    PRIMARY KEY (account_id, campaign_id, batch_no, sender_id, position)
);
CREATE INDEX journal_segment_age ON journal_segment (folded_at);

-- The epoch of the gate: one row. Every stop raises it; every permit is granted under it.
CREATE TABLE gate_epoch (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch  bigint NOT NULL
);
INSERT INTO gate_epoch (epoch) VALUES (1);

-- Sending processes: permit, confirmation, and how far the journal is folded. Times of permits are the server's own
-- (clock_timestamp), because a permit is a real duration and not product time.
CREATE TABLE sender (
    sender_id     uuid PRIMARY KEY,
    host          text        NOT NULL,
    pid           integer     NOT NULL,
    connections   integer     NOT NULL,
    started_at    timestamptz NOT NULL,
    epoch         bigint      NOT NULL DEFAULT 0,
    granted_at    timestamptz NOT NULL,
    confirmed     bigint      NOT NULL DEFAULT 0,
    busy          boolean     NOT NULL DEFAULT false,
    folded        bigint      NOT NULL DEFAULT 0,
    open_intents  bytea       NOT NULL DEFAULT ''
);

-- Pace of single destinations (mailbox provider or domain), shared by all senders of the installation.
CREATE TABLE destination_rate (
    destination  text PRIMARY KEY,
    per_second   double precision NOT NULL CHECK (per_second > 0)
);

-- Recipients of test mails: addresses that need not be contacts, with sample attributes. Ordinals count from 1 within
-- one test. They pass the same gate, journal and accounting as everybody.
CREATE TABLE test_recipient (
    account_id   integer NOT NULL,
    campaign_id  integer NOT NULL,
    ordinal      integer NOT NULL,
    address      text    NOT NULL,
    canonical    text    NOT NULL,
    attributes   jsonb   NOT NULL,
    PRIMARY KEY (account_id, campaign_id, ordinal)
);
