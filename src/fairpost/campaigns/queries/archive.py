"""What an account lets anybody read of what it sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from fairpost.campaigns.archive_name import archive_name, read_archive_name
from fairpost.content.queries.public import public_copy
from fairpost.delivery.queries.public import PublicDispatch, public_dispatch, public_dispatches
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _


@dataclass(frozen=True, slots=True)
class Archived:
    """One campaign in the archive; `url` is its public page."""

    campaign_id: int
    subject: str
    url: str
    sent_at: datetime | None


def archived(account_id: int, *, before: int | None = None, limit: int = 100) -> list[Archived]:
    """Campaigns that are shown now, the newest first."""
    return [archived_row(account_id, each) for each in public_dispatches(account_id, before, limit)]


def archived_row(account_id: int, row: PublicDispatch) -> Archived:
    url = archive_url(account_id, row.campaign_id)
    subject, _html = public_copy(account_id, row.content_version_id, url)
    return Archived(row.campaign_id, subject.strip(), url, row.sent_at)


def archive_url(account_id: int, campaign_id: int) -> str:
    return f"{settings.FAIRPOST.platform_url.rstrip('/')}/a/{archive_name(account_id, campaign_id)}"


def archived_page(name: str) -> str:
    """The HTML behind a public name. Raises `NotFound` where there is none that may be shown now."""
    account_id, campaign_id = read_archive_name(name)
    row = public_dispatch(account_id, campaign_id)
    if row is None:
        raise NotFound(_("There is nothing here"), hint=_("This address does not exist, or no longer."))
    return public_copy(account_id, row.content_version_id, archive_url(account_id, campaign_id))[1]
