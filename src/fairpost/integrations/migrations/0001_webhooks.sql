-- Events on their way to webhooks, one row for each webhook that wants it. `event_id` is made of what happened alone, so
-- that an event that is noted again is the same row. `facts` hold numbers and names, never an address: the contact is
-- named by its ordinal, and its address is looked up when the event is posted.
CREATE TABLE webhook_event (
    account_id   integer     NOT NULL,
    webhook_id   integer     NOT NULL,
    event_id     text        NOT NULL COLLATE "C",
    position     bigint      GENERATED ALWAYS AS IDENTITY,
    type         text        NOT NULL,
    at           timestamptz NOT NULL,
    noted_at     timestamptz NOT NULL,
    ordinal      integer,
    facts        jsonb       NOT NULL,
    delivery_id  text        COLLATE "C",
    PRIMARY KEY (account_id, webhook_id, event_id)
);
-- What is to be put into a delivery next.
CREATE INDEX webhook_event_waiting ON webhook_event (account_id, webhook_id, position) WHERE delivery_id IS NULL;
CREATE INDEX webhook_event_of_delivery ON webhook_event (account_id, webhook_id, delivery_id, position);
CREATE INDEX webhook_event_age ON webhook_event (noted_at);

-- What is posted in one request: up to 500 events under one id, the same whenever it is tried again.
CREATE TABLE webhook_delivery (
    account_id   integer     NOT NULL,
    webhook_id   integer     NOT NULL,
    delivery_id  text        NOT NULL COLLATE "C",
    number       bigint      GENERATED ALWAYS AS IDENTITY,
    state        text        NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
    events       integer     NOT NULL,
    made_at      timestamptz NOT NULL,
    since        timestamptz NOT NULL,      -- from when its days of retries count: made, or asked for again
    next_at      timestamptz NOT NULL,
    attempts     integer     NOT NULL DEFAULT 0,
    tried_at     timestamptz,
    status       integer,                   -- of the last answer; NULL where none came
    error        text        NOT NULL DEFAULT '',
    seconds      real,
    lease        uuid,
    leased_until timestamptz,
    PRIMARY KEY (account_id, webhook_id, delivery_id)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (account_id, webhook_id, next_at) WHERE state = 'waiting';
CREATE UNIQUE INDEX webhook_delivery_page ON webhook_delivery (account_id, webhook_id, number);
CREATE INDEX webhook_delivery_age ON webhook_delivery (made_at);

-- How far each source of events is noted for an account. Rows up to `settled` are done for good; up to `head` they are
-- read, but a transaction that began before may still add one in between, so everything behind `settled` is read again
-- now and then. `candidate` becomes `settled` once every transaction that ran when it was written (before `horizon`) is
-- over.
CREATE TABLE webhook_position (
    account_id   integer     NOT NULL,
    source       text        NOT NULL,
    head         bigint      NOT NULL,
    settled      bigint      NOT NULL,
    candidate    bigint      NOT NULL,
    horizon      xid8        NOT NULL,
    swept_at     timestamptz NOT NULL,
    PRIMARY KEY (account_id, source)
);

-- The state of each campaign that webhooks were told last.
CREATE TABLE webhook_campaign (
    account_id   integer     NOT NULL,
    campaign_id  integer     NOT NULL,
    state        text        NOT NULL,
    state_at     timestamptz NOT NULL,
    PRIMARY KEY (account_id, campaign_id)
);

-- What providers posted, word for word, as the edge took it: account_id is 0, for nobody has looked yet whose hook it is.
-- The body goes as soon as the post is done with.
CREATE TABLE intake (
    account_id   integer     NOT NULL,
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    hook_id      text        NOT NULL COLLATE "C",
    provider     text        NOT NULL,
    received_at  timestamptz NOT NULL,
    headers      jsonb       NOT NULL,
    body         bytea       NOT NULL,
    state        text        NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'refused', 'failed')),
    error        text        NOT NULL DEFAULT '',
    attempts     integer     NOT NULL DEFAULT 0,
    next_at      timestamptz,
    done_at      timestamptz,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX intake_new ON intake (account_id, id) WHERE state = 'new';
CREATE INDEX intake_of_hook ON intake (account_id, hook_id, id);
CREATE INDEX intake_age ON intake (received_at);

-- Posts whose signature was good, by the id that their provider gave them: one that comes again is known.
CREATE TABLE intake_seen (
    account_id   integer     NOT NULL,
    hook_id      text        NOT NULL COLLATE "C",
    message_id   text        NOT NULL COLLATE "C",
    at           timestamptz NOT NULL,
    PRIMARY KEY (account_id, hook_id, message_id)
);
CREATE INDEX intake_seen_age ON intake_seen (at);

-- Donations are read for webhooks in the order in which they were taken in.
CREATE INDEX donation_event_taken ON donation_event (account_id, taken_at);
