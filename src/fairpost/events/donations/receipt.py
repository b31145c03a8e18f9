"""A receipt says of one order who received how much, when, and what was returned since; nothing of it is tax advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fairpost.events.donations.allocation import DONOR
from fairpost.events.donations.document import Block, Document, document
from fairpost.events.donations.splitting import UNKNOWN
from fairpost.events.donations.wording import Wording
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _

# By the primary key's first column: the account's lines are looked through for the order.
PLATFORMS = "SELECT DISTINCT platform FROM donation WHERE account_id = %s AND order_id = %s ORDER BY 1"
# By the primary keys' prefixes.
LINES = """
    SELECT min(at), bool_or(recurring), max(sequence), min(cancelled_at) FROM donation
    WHERE account_id = %s AND platform = %s AND order_id = %s"""
ENTRIES = """
    SELECT kind, event_id, organisation_id, currency, min(at), sum(amount)::bigint FROM donation_entry
    WHERE account_id = %s AND platform = %s AND order_id = %s
    GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0
    ORDER BY 4, kind <> 'donation', 5, 1, 2, 3"""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose record it is, its organisations by id, and the zone in which its days begin."""

    name: str
    organisations: Mapping[int, str]
    zone: ZoneInfo


def platform_of(cursor: Any, account_id: int, order_id: str, platform: str) -> str:
    """The platform that the order is of. Raises `NotFound`, or `Invalid` where several have one of that number."""
    cursor.execute(PLATFORMS, [account_id, order_id])
    found = [each for (each,) in cursor.fetchall() if platform in ("", each)]
    if not found:
        raise NotFound(_("There is no donation {order}.").format(order=repr(order_id[:120])))
    if len(found) > 1:
        raise Invalid(
            _("Several platforms have an order {order}: {platforms}.").format(
                order=repr(order_id), platforms=", ".join(found)
            ),
            field="platform",
            hint=_("Say which."),
        )
    return found[0]


def receipt(cursor: Any, account_id: int, platform: str, order_id: str, issuer: Issuer, words: Wording) -> Document:
    """The receipt of an order that is there."""
    cursor.execute(LINES, [account_id, platform, order_id])
    at, recurring, sequence, cancelled_at = cursor.fetchone()
    cursor.execute(ENTRIES, [account_id, platform, order_id])
    movements = cursor.fetchall()
    head = [
        (words.say("receipt", "platform"), platform),
        (words.say("receipt", "order"), order_id),
        (words.say("receipt", "date"), words.day(day_of(at, issuer))),
        (words.say("receipt", "kind"), kind_of(words, recurring, sequence)),
    ]
    notes = [words.say("receipt", "not_advice"), words.say("receipt", "no_card")]
    if cancelled_at is not None:
        notes.insert(0, words.say("receipt", "cancelled", date=words.day(day_of(cancelled_at, issuer))))
    intro = words.say("receipt", "intro", account=issuer.name, platform=platform)
    money = [money_block(words, issuer, movements, each) for each in sorted({row[3] for row in movements})]
    blocks = [Block(paragraphs=(intro,)), Block(rows=tuple(head)), *money, Block(paragraphs=tuple(notes))]
    return document(words.language, words.say("receipt", "title"), blocks)


def money_block(words: Wording, issuer: Issuer, movements: list[Any], currency: str) -> Block:
    """What each organisation received in one currency, what was returned, and the sums."""
    rows, given, left = [], 0, 0
    for kind, _event, organisation, of, at, amount in movements:
        if of != currency:
            continue
        named = {"organisation": name_of(words, issuer, organisation), "date": words.day(day_of(at, issuer))}
        key = "received" if kind == "donation" else kind
        rows.append((words.say("receipt", key, **named), words.money(amount, currency)))
        given += amount if kind == "donation" else 0
        left += amount
    received = sum(kind == "donation" and of == currency for kind, _event, _who, of, _at, _amount in movements)
    rows.insert(received, (words.say("receipt", "total"), words.money(given, currency)))
    if left != given:
        rows.append((words.say("receipt", "net"), words.money(left, currency)))
    return Block(rows=tuple(rows))


def kind_of(words: Wording, recurring: bool, sequence: int | None) -> str:
    if not recurring:
        return words.say("receipt", "one_off")
    if sequence is None:
        return words.say("receipt", "recurring")
    return words.say("receipt", "sequence", sequence=str(sequence))


def name_of(words: Wording, issuer: Issuer, organisation_id: int) -> str:
    if organisation_id == DONOR:
        return words.word("donor")
    if organisation_id == UNKNOWN:
        return words.word("unknown")
    return issuer.organisations.get(organisation_id, words.word("unknown"))


def day_of(at: datetime, issuer: Issuer) -> Any:
    return at.astimezone(issuer.zone).date()
