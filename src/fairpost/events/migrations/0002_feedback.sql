-- What came back about single messages, a row for each report: `digest` is of what makes two reports the same one.
-- `kind` is what it came to: a hard bounce suppresses, soft ones count, a refusal (policy, content, size) is nobody's
-- address. `counted` says that members and totals count it: the first of its kind for this recipient of this campaign.
-- `effect` is what it did; `why` is why it did nothing. ordinal and campaign_id are NULL where they are not known.
CREATE TABLE feedback (
    account_id      integer     NOT NULL,
    id              bigint      GENERATED ALWAYS AS IDENTITY,
    digest          bytea       NOT NULL,
    kind            text        NOT NULL CHECK (kind IN
                        ('hard_bounce', 'soft_bounce', 'refusal', 'notice', 'complaint', 'not_spam', 'auth_failure')),
    cls             text        NOT NULL,
    campaign_id     integer,
    ordinal         integer,
    address         text        NOT NULL DEFAULT '',
    status          text        NOT NULL DEFAULT '',
    code            text        NOT NULL DEFAULT '',
    confidence      real        NOT NULL,
    diagnostic      text        NOT NULL DEFAULT '',
    source          text        NOT NULL CHECK (source IN ('mail', 'webhook', 'relay')),
    effect          text        NOT NULL CHECK (effect IN ('suppressed', 'counted', 'none')),
    why             text        NOT NULL DEFAULT '',
    counted         boolean     NOT NULL,
    sending_domain  text        NOT NULL DEFAULT '',
    provider        text        NOT NULL DEFAULT '',
    at              timestamptz NOT NULL,
    PRIMARY KEY (account_id, digest)
);
-- Pages of an account, of a campaign and of a contact, the newest first.
CREATE UNIQUE INDEX feedback_of_account ON feedback (account_id, id);
CREATE INDEX feedback_of_campaign ON feedback (account_id, campaign_id, id);
CREATE INDEX feedback_of_contact ON feedback (account_id, ordinal, id);
-- What is past its time.
CREATE INDEX feedback_age ON feedback (at);

-- How many of a campaign's recipients bounced, by class; written where feedback is counted, in the same transaction, and
-- kept when single reports are past their time. `by_relay`: refused at once, so it was never accepted.
CREATE TABLE returned_class (
    account_id   integer NOT NULL,
    campaign_id  integer NOT NULL,
    kind         text    NOT NULL,
    cls          text    NOT NULL,
    by_relay     boolean NOT NULL,
    total        bigint  NOT NULL,
    PRIMARY KEY (account_id, campaign_id, kind, cls, by_relay)
);

-- How many campaigns bounced softly for a contact, since an address was last known to work.
CREATE TABLE soft_bounce (
    account_id  integer     NOT NULL,
    ordinal     integer     NOT NULL,
    bounces     integer     NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    PRIMARY KEY (account_id, ordinal)
);

-- How many recipients of a campaign had failed at the relay when it was last looked at.
CREATE TABLE failed_taken (
    account_id   integer NOT NULL,
    campaign_id  integer NOT NULL,
    failed       bigint  NOT NULL,
    PRIMARY KEY (account_id, campaign_id)
);

-- Mail that was taken and could not be mapped or read, for the operator: its beginning, compressed. account_id is 0
-- where nobody knows whose it is.
CREATE TABLE unmapped_mail (
    account_id  integer     NOT NULL,
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    digest      bytea       NOT NULL,
    why         text        NOT NULL CHECK (why IN
                    ('unreadable', 'not_understood', 'no_token', 'bad_report', 'foreign_domain', 'postmaster')),
    recipient   text        NOT NULL,
    sender      text        NOT NULL,
    subject     text        NOT NULL DEFAULT '',
    octets      bigint      NOT NULL,
    beginning   bytea       NOT NULL,
    taken_at    timestamptz NOT NULL,
    PRIMARY KEY (account_id, digest)
);
CREATE UNIQUE INDEX unmapped_mail_page ON unmapped_mail (id);
CREATE INDEX unmapped_mail_age ON unmapped_mail (taken_at);

-- How many mails of each kind were taken, by the day (UTC); account_id is 0 where it is nobody's.
CREATE TABLE mail_taken (
    account_id  integer NOT NULL,
    day         date    NOT NULL,
    kind        text    NOT NULL,
    total       bigint  NOT NULL,
    PRIMARY KEY (account_id, day, kind)
);

-- Aggregate reports of receivers about mail from a domain (DMARC, RFC 7489), as they say; anybody can write one.
CREATE TABLE dmarc_report (
    account_id   integer     NOT NULL,
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    domain       text        NOT NULL COLLATE "C",   -- the account's sending domain
    reporter     text        NOT NULL,
    report_id    text        NOT NULL,
    published    jsonb       NOT NULL,               -- the policy that the reporter found: domain, p, sp, adkim, ...
    begins_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    messages     bigint      NOT NULL,
    taken_at     timestamptz NOT NULL,
    PRIMARY KEY (account_id, domain, reporter, report_id)
);
CREATE UNIQUE INDEX dmarc_report_id ON dmarc_report (account_id, id);
CREATE INDEX dmarc_report_page ON dmarc_report (account_id, domain, ends_at);
CREATE INDEX dmarc_report_age ON dmarc_report (taken_at);
CREATE TABLE dmarc_row (
    account_id   integer NOT NULL,
    report       bigint  NOT NULL,
    line         integer NOT NULL,
    source       inet    NOT NULL,
    messages     bigint  NOT NULL,
    disposition  text    NOT NULL,
    aligned_dkim boolean NOT NULL,
    aligned_spf  boolean NOT NULL,
    header_from  text    NOT NULL,
    dkim_domain  text    NOT NULL,
    dkim_result  text    NOT NULL,
    spf_domain   text    NOT NULL,
    spf_result   text    NOT NULL,
    PRIMARY KEY (account_id, report, line)
);

-- Reports about TLS when mail was sent to a domain (RFC 8460). account_id 0: the installation's own domains.
CREATE TABLE tls_report (
    account_id   integer     NOT NULL,
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    domain       text        NOT NULL COLLATE "C",
    reporter     text        NOT NULL,
    report_id    text        NOT NULL,
    policy       text        NOT NULL,               -- sts, tlsa or no-policy-found
    begins_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    successes    bigint      NOT NULL,
    failures     bigint      NOT NULL,
    details      jsonb       NOT NULL,               -- [{"result", "sessions", "mx", "reason"}], the first hundred
    taken_at     timestamptz NOT NULL,
    PRIMARY KEY (account_id, domain, reporter, report_id, policy)
);
CREATE INDEX tls_report_page ON tls_report (account_id, domain, ends_at);
CREATE INDEX tls_report_age ON tls_report (taken_at);
