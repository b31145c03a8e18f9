"""The archive of an account, as the API tells it."""

from __future__ import annotations

from datetime import datetime

from fairpost.api.schemas.fields import Told


class ArchiveAddress(Told):
    """Where anybody reads the copy."""

    url: str


class Archived(ArchiveAddress):
    campaign_id: int
    subject: str
    sent_at: datetime | None
