-- What measures are held against: the facets of the campaign's mail, and the number of their last change. An empty
-- object says no more than whose account it is.
ALTER TABLE dispatch
    ADD COLUMN subject          jsonb  NOT NULL DEFAULT '{}',
    ADD COLUMN subject_revision bigint NOT NULL DEFAULT 0,
    ADD COLUMN held_at          timestamptz;

-- What the gate reads five times a second for every sender.
DROP INDEX dispatch_open;
CREATE INDEX dispatch_open ON dispatch (account_id, campaign_id) WHERE state = 'running' AND held_at IS NULL;

-- Unfinished campaigns, held or not: what coverage counts and what a measure holds.
CREATE INDEX dispatch_unfinished ON dispatch (account_id, campaign_id)
    WHERE state IN ('planning', 'running', 'paused', 'stopped');
