-- How many of a campaign's messages relays took, by the mailbox provider of their recipients (or the domain where no
-- provider is known); what is counted of each batch, so that only what changed is looked at again. '' are the others.
CREATE TABLE sent_provider (
    account_id   integer NOT NULL,
    campaign_id  integer NOT NULL,
    provider     text    NOT NULL COLLATE "C",
    accepted     bigint  NOT NULL,
    PRIMARY KEY (account_id, campaign_id, provider)
);
CREATE TABLE sent_provider_batch (
    account_id   integer NOT NULL,
    campaign_id  integer NOT NULL,
    batch_no     integer NOT NULL,
    accepted     integer NOT NULL,
    providers    jsonb   NOT NULL,
    PRIMARY KEY (account_id, campaign_id, batch_no)
);

-- What came back of a campaign's messages, by mailbox provider and kind; written where feedback is taken, in the same
-- transaction. `by_relay`: the relay said it at once, so it was never accepted.
CREATE TABLE returned_provider (
    account_id   integer NOT NULL,
    campaign_id  integer NOT NULL,
    provider     text    NOT NULL COLLATE "C",
    kind         text    NOT NULL,
    by_relay     boolean NOT NULL,
    total        bigint  NOT NULL,
    PRIMARY KEY (account_id, campaign_id, provider, kind, by_relay)
);

-- What the watch noticed, once per subject and level until it is over: subject is domain:NAME/PROVIDER or campaign:ID.
CREATE TABLE watch_alarm (
    account_id      integer     NOT NULL,
    id              bigint      GENERATED ALWAYS AS IDENTITY,
    subject         text        NOT NULL,
    sign            text        NOT NULL CHECK (sign IN ('complaints', 'bounces', 'refused', 'hijacked')),
    level           text        NOT NULL CHECK (level IN ('warn', 'throttle', 'brake')),
    campaign_id     integer,
    sending_domain  text        NOT NULL DEFAULT '',
    provider        text        NOT NULL DEFAULT '',
    count           bigint      NOT NULL,
    volume          bigint      NOT NULL,
    facts           jsonb       NOT NULL,
    at              timestamptz NOT NULL,
    over_at         timestamptz,
    case_id         integer,
    decision_id     integer,
    not_done        text        NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, id)
);
-- One open alarm of a kind: whoever is second finds it.
CREATE UNIQUE INDEX watch_alarm_open ON watch_alarm (account_id, subject, sign, level) WHERE over_at IS NULL;

-- Campaigns whose start was looked at for signs of somebody else at work.
CREATE TABLE watch_looked (
    account_id   integer     NOT NULL,
    campaign_id  integer     NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (account_id, campaign_id)
);
