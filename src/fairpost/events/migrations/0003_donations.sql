-- What platforms stated of donations, as they stated it: lines, and what became of them (refund, chargeback,
-- cancellation, correction), in whatever order it came. A statement is its content: `digest` tells two different ones
-- under one key apart, so that a repetition is known and a contradiction is kept. Nothing here is ever changed but what
-- a person has erased (reference, ordinal, donor).
CREATE TABLE donation_event (
    account_id   integer     NOT NULL,
    platform     text        NOT NULL,
    order_id     text        NOT NULL,
    line_item    text        NOT NULL,
    kind         text        NOT NULL CHECK (kind IN
                     ('donation', 'refund', 'chargeback', 'cancellation', 'correction')),
    event_id     text        NOT NULL,
    digest       bytea       NOT NULL,
    at           timestamptz NOT NULL,
    amount       bigint      CHECK (amount >= 0),
    currency     text        NOT NULL,
    receiver     text        NOT NULL,
    designated   text        NOT NULL,
    reference    text        NOT NULL,
    campaign_id  integer,
    ordinal      integer,
    reason       text        NOT NULL,
    recurring    boolean     NOT NULL,
    plan         text        NOT NULL,
    sequence     integer,
    donor        bytea,
    source       text        NOT NULL,
    taken_at     timestamptz NOT NULL,
    PRIMARY KEY (account_id, platform, order_id, line_item, kind, event_id, digest)
);
-- A person's own statements, to show and to erase them.
CREATE INDEX donation_event_donor ON donation_event (account_id, donor) WHERE donor IS NOT NULL;
CREATE INDEX donation_event_ordinal ON donation_event (account_id, ordinal) WHERE ordinal IS NOT NULL;

-- One donated line as it stands after all that was stated of it: made of donation_event alone, and made again whenever
-- something is added there. Amounts are minor units of the currency. `reason` says why it is not attributed, empty
-- where it is; `note` why it is not divided as its joint sender's formula says.
CREATE TABLE donation (
    account_id       integer     NOT NULL,
    platform         text        NOT NULL,
    order_id         text        NOT NULL,
    line_item        text        NOT NULL,
    at               timestamptz NOT NULL,
    amount           bigint      NOT NULL,
    currency         text        NOT NULL,
    refunded         bigint      NOT NULL,
    charged_back     bigint      NOT NULL,
    excess           bigint      NOT NULL,
    receiver         text        NOT NULL,
    designated       text        NOT NULL,
    organisation_id  integer     NOT NULL,
    joint_sender_id  integer,
    notice_version   integer,
    note             text        NOT NULL,
    reference        text        NOT NULL,
    campaign_id      integer,
    ordinal          integer,
    unit_id          integer,
    identity_id      integer,
    reason           text        NOT NULL,
    window_days      integer     NOT NULL,
    recurring        boolean     NOT NULL,
    plan             text        NOT NULL,
    sequence         integer,
    cancelled_at     timestamptz,
    donor            bytea,
    statements       integer     NOT NULL,
    PRIMARY KEY (account_id, platform, order_id, line_item)
);
-- Lists and reports of a period, reports of a campaign, a person's own, a donor's within a joint sender (limits).
CREATE INDEX donation_at ON donation (account_id, at, platform, order_id, line_item);
CREATE INDEX donation_campaign ON donation (account_id, campaign_id) WHERE campaign_id IS NOT NULL;
CREATE INDEX donation_ordinal ON donation (account_id, ordinal) WHERE ordinal IS NOT NULL;
CREATE INDEX donation_donor ON donation (account_id, donor) WHERE donor IS NOT NULL;

-- Each movement of money by the organisation it concerns: what a line brought it, what a refund or chargeback took. The
-- sum of a line's entries is what was donated less what was returned. Organisation 0 is none that is known (see
-- donation.receiver), -1 the donor, where all limits are exceeded.
CREATE TABLE donation_entry (
    account_id       integer     NOT NULL,
    platform         text        NOT NULL,
    order_id         text        NOT NULL,
    line_item        text        NOT NULL,
    kind             text        NOT NULL,
    event_id         text        NOT NULL,
    organisation_id  integer     NOT NULL,
    at               timestamptz NOT NULL,
    amount           bigint      NOT NULL,
    currency         text        NOT NULL,
    PRIMARY KEY (account_id, platform, order_id, line_item, kind, event_id, organisation_id)
);
-- Letters: what one organisation got within a period.
CREATE INDEX donation_entry_organisation ON donation_entry (account_id, organisation_id, at);

-- Which organisation a platform means by a name or number, where it is not the organisation's own name.
CREATE TABLE donation_receiver (
    account_id       integer     NOT NULL,
    platform         text        NOT NULL,
    receiver         text        NOT NULL,
    organisation_id  integer     NOT NULL,
    set_at           timestamptz NOT NULL,
    PRIMARY KEY (account_id, platform, receiver)
);

-- One row per account: whoever takes donations in locks it, so that what is made of them is made by one at a time.
CREATE TABLE donation_turn (
    account_id  integer PRIMARY KEY,
    taken_at    timestamptz NOT NULL
);
