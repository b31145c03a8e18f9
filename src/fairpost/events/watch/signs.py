"""Signs that somebody else uses an account: a campaign unlike all before it, begun by a key that is new.

Each sign alone is innocent. Three of four at once, in an account with a past, are what a stolen account looks like.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from fairpost.content.queries.versions import content_version
from fairpost.kernel.text import _, mark

NEW = timedelta(hours=24)
PAST = 5  # earlier campaigns without which nothing is usual
LOOKED_BACK = 30  # earlier campaigns
TIMES = 10  # the usual audience
MOST = 0.5  # of the audience added within NEW
ENOUGH = 3  # signs

SIGNS = {
    "audience": mark("the audience is {times} times what is usual"),
    "contacts": mark("{share} of its recipients were added within a day"),
    "links": mark("none of its links leads where earlier campaigns led"),
    "key": mark("it was started with an API key that is less than a day old"),
}

# By the primary key's prefix: the campaigns of one account.
CAMPAIGNS = """
    SELECT campaign_id, audience_size, content_version_id FROM dispatch
    WHERE account_id = %s AND NOT test AND frozen_at IS NOT NULL AND campaign_id <> %s AND frozen_at < %s
    ORDER BY frozen_at DESC LIMIT %s"""
# By the primary key of contact: ordinals grow with time, so the newest are looked at from the end.
SAMPLE = """
    SELECT count(*) FILTER (WHERE c.created_at > %s), count(*) FROM contact AS c
    WHERE c.account_id = %s AND c.ordinal = ANY(%s)"""
KEY = """
    SELECT k.created_at FROM audit_event AS e JOIN api_key AS k ON k.id = e.actor_api_key_id
    WHERE e.account_id = %s AND e.subject = %s AND e.act IN ('campaign.started', 'campaign.scheduled')
    ORDER BY e.id DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign, with what was found in words."""

    name: str
    sentence: str


def signs_of(
    account_id: int, campaign_id: int, size: int, version_id: int, sample: list[int], now: datetime
) -> list[Sign]:
    """The signs that a campaign shows which just began; none where the account has no past to compare with.

    `sample` are ordinals of its audience, chosen by chance.
    """
    with connection.cursor() as cursor:
        cursor.execute(CAMPAIGNS, [account_id, campaign_id, now, LOOKED_BACK])
        earlier = cursor.fetchall()
        if len(earlier) < PAST:
            return []
        usual = max(1, median(row[1] for row in earlier))
        found = []
        if size >= TIMES * usual:
            found.append(Sign("audience", _(SIGNS["audience"]).format(times=round(size / usual))))
        cursor.execute(SAMPLE, [now - NEW, account_id, sample])
        fresh, looked_at = cursor.fetchone()
        if looked_at and fresh > MOST * looked_at:
            found.append(Sign("contacts", _(SIGNS["contacts"]).format(share=f"{fresh / looked_at:.0%}")))
        cursor.execute(KEY, [account_id, f"campaign:{campaign_id}"])
        key = cursor.fetchone()
    if key and key[0] > now - NEW:
        found.append(Sign("key", _(SIGNS["key"])))
    if leads_elsewhere(account_id, version_id, [row[2] for row in earlier]):
        found.append(Sign("links", _(SIGNS["links"])))
    return found


def leads_elsewhere(account_id: int, version_id: int, earlier: list[int]) -> bool:
    own = hosts_of(account_id, version_id)
    return bool(own) and own.isdisjoint(set().union(*(hosts_of(account_id, each) for each in set(earlier))))


def hosts_of(account_id: int, version_id: int) -> set[str]:
    """Hosts of the web links of a content version; what is filled in per recipient is none."""
    links: Any = content_version(account_id, version_id).document.links
    hosts = {urlsplit(each.url.strip()).hostname or "" for each in links if "{" not in each.url.partition("?")[0]}
    return {each for each in hosts if each}
