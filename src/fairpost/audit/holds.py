"""While something is destroyed no hold can begin, and no destruction begins before a hold that is being placed.

Whatever destroys (an erasure, each step of a retention job) takes the lock shared, before it looks at the
holds; placing a hold takes it alone. So when a hold has been placed, what it names is there and stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fairpost.audit.vault.keys import SUBJECT
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

LOCK = 0x686F6C64  # any number that no other advisory lock has
IN_FORCE = """
SELECT i.item FROM legal_hold_item i JOIN legal_hold h ON h.id = i.hold_id WHERE h.released_at IS NULL"""


@dataclass(frozen=True, slots=True)
class Held:
    """All that holds in force name, as noun:id."""

    items: frozenset[str]

    def numbers(self, noun: str) -> list[int]:
        """The ids that are held of this noun: `held.numbers("campaign")`; for `<> ALL(%s)` in SQL."""
        split = (item.partition(":") for item in self.items)
        return sorted(int(number) for name, _colon, number in split if name == noun and number.isdecimal())


def keep_holds_still(cursor: Any) -> Held:
    """What is held, and it stays so until this transaction ends; the first step of whatever destroys."""
    cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
    cursor.execute(IN_FORCE)
    return Held(frozenset(row[0] for row in cursor.fetchall()))


def keep_destruction_still(cursor: Any) -> None:
    """Waits for what is being destroyed and lets nothing begin until this transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def checked_items(items: Iterable[str], most: int = 1000) -> list[str]:
    """The items in order without repeats; raises Invalid for what is not noun:id, and for none or too many."""
    found = sorted({each.strip() for each in items})
    if not found or len(found) > most:
        raise Invalid(_("Name between 1 and {most} subjects or records.").format(most=most), field="items")
    for item in found:
        if not SUBJECT.fullmatch(item):
            raise Invalid(
                _("{item} is no subject or record.").format(item=repr(item)),
                field="items",
                hint=_("Write noun:id, such as person:12, account:3 or campaign:40."),
            )
    return found
