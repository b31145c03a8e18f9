-- A campaign that begins with a small part. `canary_size` recipients go first; the rest waits until `canary_state` is
-- passed or released. sending: they are being written to; waiting: until canary_until; troubled: something was wrong,
-- and its sender decides.
ALTER TABLE dispatch
    ADD COLUMN canary_size     integer     NOT NULL DEFAULT 0,
    ADD COLUMN canary_state    text        NOT NULL DEFAULT '' CHECK (canary_state IN
                                   ('', 'sending', 'waiting', 'passed', 'troubled', 'released')),
    ADD COLUMN canary_seconds  integer     NOT NULL DEFAULT 0,
    ADD COLUMN canary_until    timestamptz,
    ADD COLUMN canary_reason   text        NOT NULL DEFAULT '';
-- Few: campaigns whose rest waits.
CREATE INDEX dispatch_canary ON dispatch (account_id, campaign_id) WHERE canary_state IN ('sending', 'waiting', 'troubled');
