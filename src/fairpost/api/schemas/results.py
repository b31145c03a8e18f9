"""Results, as the API tells them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from fairpost.api.schemas.fields import Told


class Deed(Told):
    """`people` did it, each once per campaign, `total` times together. What machines did is apart."""

    people: int
    total: int
    machine_people: int
    machine_total: int


class ResultRate(Told):
    """`share` is `part` of `whole`; null where `whole` is 0. `meaning` says what is divided by what."""

    name: str
    part: int
    whole: int
    share: float | None
    meaning: str


class ResultReason(Told):
    state: str
    reason: str
    recipients: int


class Bounce(Told):
    """`by_relay`: refused at once and never accepted; else it came back later."""

    cls: str
    kind: str = Field(description="hard_bounce, soft_bounce or refusal (of content or sender).")
    by_relay: bool
    recipients: int


class Raised(Told):
    currency: str
    raised: str
    net: str
    gifts: int
    donors: int


class Results(Told):
    """`delivered`: accepted and not sent back. `donated` null: the key may not see donations."""

    of: str
    id: int
    campaigns: int
    first_begun_at: datetime | None
    last_begun_at: datetime | None
    audience: int
    pending: int
    accepted: int
    deferred: int
    withheld: int
    failed: int
    in_doubt: int
    unknown: int
    returned: int
    delivered: int
    opened: Deed
    clicked: Deed
    unsubscribed: Deed
    complained: Deed
    rates: list[ResultRate]
    reasons: list[ResultReason]
    bounces: list[Bounce]
    donated: list[Raised] | None


class LinkResult(Told):
    """Numbered from 0 in order of appearance; -2 is the link that no person sees."""

    link: int
    url: str
    donation: bool
    clicked: Deed


class TimeResult(Told):
    """What came back within one hour or day; every occurrence counts."""

    begins_at: datetime
    opens: int
    clicks: int
    unsubscribes: int
    complaints: int
    hard_bounces: int
    soft_bounces: int
    donations: int
    machine_opens: int
    machine_clicks: int


class DomainResult(Told):
    """'' are all other domains together."""

    domain: str
    accepted: int
    opened: int
    clicked: int
    unsubscribed: int
    complained: int
    hard_bounced: int
    soft_bounced: int
    machine_opened: int
    machine_clicked: int


class DomainResults(Told):
    """`made_at` null: counted now. `lacking` campaigns are not counted yet."""

    made_at: datetime | None
    lacking: int
    rows: list[DomainResult]


class Interval(Told):
    begins_at: datetime
    campaigns: int
    recipients: int
    accepted: int


class Cadence(Told):
    """`days` counts from the day of the first campaign to that of the last."""

    zone: str
    campaigns: int
    days: int
    campaigns_per_day: float | None
    accepted: int
    busiest_day: Interval | None
    busiest_hour: Interval | None
    intervals: list[Interval]
