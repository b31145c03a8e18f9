"""Spools of hits as an edge leaves them, and what the database has of them after a fold."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from pyroaring import BitMap

from fairpost.delivery.connect import connect
from fairpost.events.fold.hits import HitFold
from fairpost.events.hits import NO_LINK, write_hit
from fairpost.events.kinds import CLICK, OPEN
from fairpost.events.spool import HITS, SpoolWriter
from fairpost.kernel.clock import Clock, FixedClock

AT = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
MORNING = int(AT.timestamp()) * 1_000_000
ACCOUNT, CAMPAIGN = 5, 9


class Edge:
    """A spool in `folder` that takes hits of one campaign; times in seconds after AT."""

    def __init__(self, folder: Path, account: int = ACCOUNT, campaign: int = CAMPAIGN) -> None:
        self.folder, self.account, self.campaign = folder, account, campaign
        self.writer = SpoolWriter(folder, HITS)

    def open(self, *ordinals: int, at: float = 0, **more: Any) -> None:
        self.hit(OPEN, ordinals, at, **more)

    def click(self, *ordinals: int, link: int, at: float = 0, **more: Any) -> None:
        self.hit(CLICK, ordinals, at, link=link, **more)

    def hit(self, kind: int, ordinals: tuple[int, ...], at: float, link: int = NO_LINK, **more: Any) -> None:
        when = MORNING + round(at * 1_000_000)
        for ordinal in ordinals:
            self.writer.append(write_hit(when, self.account, self.campaign, ordinal, kind, link, **more))

    def die(self) -> None:
        """Lets go of the lock, as the kernel does for a killed process."""
        self.writer.close()


def fold_all(folder: Path, clock: Clock | None = None, fold: HitFold | None = None) -> HitFold:
    """Folds until nothing more is old enough; by default a day later."""
    fold = fold or HitFold(folder, clock or FixedClock(AT.replace(day=5)))
    with connect() as own:
        while fold.step(own):
            pass
    return fold


def events(account: int = ACCOUNT) -> list[tuple[int, int, int, int, float]]:
    """(ordinal, kind, machine, link, seconds after AT), in order."""
    found = rows("SELECT ordinal, kind, machine, link, at FROM event WHERE account_id = %s", account)
    return sorted((*row[:4], (row[4] - AT).total_seconds()) for row in found)


def sets(campaign: int = CAMPAIGN, account: int = ACCOUNT) -> dict[tuple[int, int], set[int]]:
    """(kind, link) -> ordinals. Whether they are counted right is checked here."""
    found: dict[tuple[int, int], set[int]] = {}
    for kind, link, members in rows(
        "SELECT kind, link, members FROM event_members WHERE account_id = %s AND campaign_id = %s", account, campaign
    ):
        found.setdefault((kind, link), set()).update(BitMap.deserialize(bytes(members)))
    counted = rows(
        "SELECT kind, link, people, total FROM event_count WHERE account_id = %s AND campaign_id = %s",
        account, campaign,
    )  # fmt: skip
    assert {(kind, link): people for kind, link, people, _total in counted} == {k: len(v) for k, v in found.items()}
    assert {(kind, link): total for kind, link, _people, total in counted} == totals(campaign, account)
    return found


def day_sets(account: int = ACCOUNT) -> dict[tuple[int, str], set[int]]:
    """(kind, day) -> ordinals."""
    found: dict[tuple[int, str], set[int]] = {}
    for kind, day, members in rows("SELECT kind, day, members FROM event_day_members WHERE account_id = %s", account):
        found.setdefault((kind, str(day)), set()).update(BitMap.deserialize(bytes(members)))
    return found


def totals(campaign: int = CAMPAIGN, account: int = ACCOUNT) -> dict[tuple[int, int], int]:
    """(kind, link) -> how many times."""
    return {
        (kind, link): int(total)
        for kind, link, total in rows(
            "SELECT kind, link, sum(total) FROM event_hour WHERE account_id = %s AND campaign_id = %s GROUP BY 1, 2",
            account, campaign,
        )
    }  # fmt: skip


def rows(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
