"""What the watch noticed, and the rates it goes by, as the API tells them."""

from __future__ import annotations

from datetime import datetime

from fairpost.api.schemas.fields import Told


class Rate(Told):
    """`provider` '': all of them. Shares are of 1; null where the volume is too little to judge by.

    `level` is the worst that is reached: empty, warn, throttle or brake.
    """

    sending_domain: str
    provider: str
    accepted: int
    complaints: int
    bounces: int
    refused: int
    complaint_share: float | None
    bounce_share: float | None
    level: str


class Alarm(Told):
    """`over_at` null: it is on. `not_done` says why nothing followed where something should have."""

    id: int
    subject: str
    sign: str
    level: str
    campaign_id: int | None
    sending_domain: str
    provider: str
    count: int
    volume: int
    sentence: str
    at: datetime
    over_at: datetime | None
    case: str
    decision: str
    not_done: str
