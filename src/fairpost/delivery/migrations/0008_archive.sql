-- Campaigns that ended long ago, 16 batches to a chunk (chunk = ordinal >> 16). The row with an empty state is the frozen
-- audience; the others are its outcomes (relay_id 0), and what each relay told of accepted mail (its relay_id). `members`
-- is a compressed roaring bitmap; with `rest` it names everybody of the audience who is not in this state.
CREATE TABLE outcome_archive (
    account_id   integer NOT NULL,
    campaign_id  integer NOT NULL,
    chunk        integer NOT NULL,
    relay_id     integer NOT NULL,
    state        text    NOT NULL,
    reason       text    NOT NULL,
    size         integer NOT NULL,
    rest         boolean NOT NULL,
    members      bytea   NOT NULL,
    PRIMARY KEY (account_id, campaign_id, chunk, relay_id, state, reason)
);
ALTER TABLE outcome_archive ALTER COLUMN members SET STORAGE EXTERNAL;

-- How many are in each state, wherever they are kept.
CREATE VIEW outcome_size AS
    SELECT account_id, campaign_id, state, reason, size FROM batch_outcome
    UNION ALL
    SELECT account_id, campaign_id, state, reason, size FROM outcome_archive WHERE relay_id = 0 AND state <> '';
CREATE VIEW relay_outcome_size AS
    SELECT account_id, campaign_id, relay_id, state, size FROM relay_outcome
    UNION ALL
    SELECT account_id, campaign_id, relay_id, state, size FROM outcome_archive WHERE relay_id <> 0;

-- The same, added up once a campaign has ended; good for as long as dispatch.counted_at is its state_at.
CREATE TABLE outcome_count (
    account_id   integer NOT NULL,
    campaign_id  integer NOT NULL,
    state        text    NOT NULL,
    reason       text    NOT NULL,
    size         bigint  NOT NULL,
    PRIMARY KEY (account_id, campaign_id, state, reason)
);
ALTER TABLE dispatch
    ADD COLUMN counted_at  timestamptz,
    ADD COLUMN archived_at timestamptz;
