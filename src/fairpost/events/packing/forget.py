"""Deletes single events and the sets that name people after their time; what was counted stays counted."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from pyroaring import BitMap

from fairpost.audit.holds import Held

STEP = 5000
NOT_HELD = "account_id <> ALL(%s) AND campaign_id <> ALL(%s)"
PACKS = f"""
DELETE FROM event_pack WHERE (account_id, campaign_id, pack) IN
    (SELECT account_id, campaign_id, pack FROM event_pack WHERE last_at < %s AND {NOT_HELD} LIMIT {STEP})
"""
# The sets of campaigns that began so long ago are emptied.
SETS = f"""
UPDATE event_members AS m SET members = %s
WHERE (account_id, campaign_id, kind, link, chunk) IN
    (SELECT s.account_id, s.campaign_id, s.kind, s.link, s.chunk FROM event_members AS s
     JOIN dispatch AS d USING (account_id, campaign_id)
     WHERE d.frozen_at < %s AND s.members <> %s AND s.account_id <> ALL(%s) AND s.campaign_id <> ALL(%s) LIMIT {STEP})
"""
# A day's sets are of all campaigns together: a hold on one of an account's campaigns keeps them all.
DAYS = f"""
DELETE FROM event_day_members WHERE (account_id, kind, day, chunk) IN
    (SELECT account_id, kind, day, chunk FROM event_day_members WHERE day < %s AND account_id <> ALL(%s)
     AND account_id NOT IN (SELECT account_id FROM dispatch WHERE campaign_id = ANY(%s)) LIMIT {STEP})
"""


def forget_events(before: datetime, held: Held) -> int:
    """Some thousand rows of what is older and not held."""
    kept = [held.numbers("account"), held.numbers("campaign")]
    empty = BitMap().serialize()
    with connection.cursor() as cursor:
        cursor.execute(PACKS, [before, *kept])
        count = cursor.rowcount
        cursor.execute(SETS, [empty, before, empty, *kept])
        count += cursor.rowcount
        cursor.execute(DAYS, [before.date(), *kept])
        return count + cursor.rowcount
