"""Which campaigns anybody may read: those that their sender shows, while nothing stops or holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# What was stopped, cancelled or held for a reason is not shown meanwhile.
SHOWN = "public AND NOT test AND held_at IS NULL AND state IN ('running', 'paused', 'finished')"
# By the primary key, and by the index dispatch_public.
SELECT_ONE = f"SELECT campaign_id, content_version_id, frozen_at FROM dispatch WHERE {SHOWN} AND account_id = %s"
SELECT_PAGE = f"{SELECT_ONE} AND campaign_id < %s ORDER BY campaign_id DESC LIMIT %s"
SWITCH = "UPDATE dispatch SET public = %s WHERE account_id = %s AND campaign_id = %s AND NOT test AND public <> %s"
HIGHEST = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class PublicDispatch:
    """A campaign that may be shown, with the content that was sent."""

    campaign_id: int
    content_version_id: int
    sent_at: datetime | None


def public_dispatch(account_id: int, campaign_id: int) -> PublicDispatch | None:
    """None where it is not shown, for whatever reason."""
    with connection.cursor() as cursor:
        cursor.execute(f"{SELECT_ONE} AND campaign_id = %s", [account_id, campaign_id])
        row = cursor.fetchone()
    return PublicDispatch(*row) if row else None


def public_dispatches(account_id: int, before: int | None, limit: int) -> list[PublicDispatch]:
    """The newest first."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_PAGE, [account_id, before or HIGHEST, limit])
        return [PublicDispatch(*row) for row in cursor.fetchall()]


def switch_public(account_id: int, campaign_id: int, public: bool) -> bool:
    """Shows or hides it, inside the caller's transaction; False where it was so already, or is not in dispatch."""
    with connection.cursor() as cursor:
        cursor.execute(SWITCH, [public, account_id, campaign_id, public])
        return cursor.rowcount > 0
