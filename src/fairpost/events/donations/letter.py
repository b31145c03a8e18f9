"""A letter states what one organisation received and gave back within a period, and how the figures are made.

It has no date of its own making: made of the same movements it is the same, octet by octet, and a digest of the
movements stands in it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fairpost.events.donations.document import Block, Document, document
from fairpost.events.donations.receipt import Issuer, day_of
from fairpost.events.donations.wording import Wording
from fairpost.tenants.queries.receivers import Receivers

# By the index donation_entry_organisation; of each entry its line by the primary key.
MOVEMENTS = """
    SELECT e.platform, e.order_id, e.line_item, e.kind, e.event_id, e.at, e.amount, e.currency, d.joint_sender_id,
           d.notice_version, d.window_days
    FROM donation_entry AS e JOIN donation AS d USING (account_id, platform, order_id, line_item)
    WHERE e.account_id = %s AND e.organisation_id = %s AND e.at >= %s AND e.at < %s
    ORDER BY e.at, e.platform, e.order_id, e.line_item, e.kind, e.event_id"""


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included, in a time zone."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def until(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry of the organisation, with how its line was divided."""

    platform: str
    order_id: str
    line_item: str
    kind: str
    event_id: str
    at: datetime
    amount: int
    currency: str
    joint_sender_id: int | None
    notice_version: int | None
    window_days: int


def movements(cursor: Any, account_id: int, organisation_id: int, period: Period) -> list[Movement]:
    cursor.execute(MOVEMENTS, [account_id, organisation_id, period.since, period.until])
    return [Movement(*row) for row in cursor.fetchall()]


def letter(
    found: list[Movement],
    organisation: tuple[str, str],
    period: Period,
    issuer: Issuer,
    known: Receivers,
    words: Wording,
    window_days: int,
) -> Document:
    """The letter on these movements; `organisation` is its name and address, `window_days` what is in force now."""

    def say(name: str, **values: str) -> str:
        return words.say("letter", name, **values)

    name, address = organisation
    span = say("span", first=words.day(period.first), last=words.day(period.last), zone=str(period.zone))
    head = [(say("organisation"), name), (say("address"), " · ".join(address.splitlines())), (say("period"), span)]
    currencies = sorted({each.currency for each in found})
    windows = sorted({each.window_days for each in found}) or [window_days]
    days = ", ".join(map(str, windows))
    paragraphs = [say(each) for each in ("by_time", "by_line", "by_formula", "by_return")]
    method = (*paragraphs, say("by_window", days=days), say("currencies"))
    blocks = [
        Block(paragraphs=(say("intro", account=issuer.name),)),
        Block(rows=tuple(row for row in head if row[1])),
        *(currency_block(words, issuer, found, each, known) for each in currencies),
        *([] if currencies else [Block(paragraphs=(say("none"),))]),
        *formula_blocks(words, issuer, found, known),
        Block(say("method"), paragraphs=method),
        Block(rows=((say("data"), digest(found)),), paragraphs=(say("not_advice", account=issuer.name),)),
    ]
    return document(words.language, say("title"), blocks)


def currency_block(words: Wording, issuer: Issuer, found: list[Movement], currency: str, known: Receivers) -> Block:
    sums: dict[str, int] = defaultdict(int)
    through: dict[int, int] = defaultdict(int)
    gifts = set()
    for each in found:
        if each.currency != currency:
            continue
        sums[each.kind] += each.amount
        if each.kind == "donation":
            gifts.add((each.platform, each.order_id))
            if each.joint_sender_id is not None:
                through[each.joint_sender_id] += each.amount
    rows = [
        (words.say("letter", "gifts"), str(len(gifts))),
        (words.say("letter", "received"), words.money(sums["donation"], currency)),
    ]
    for joint, amount in sorted(through.items()):
        label = words.say("letter", "through", organisation=joint_name(joint, issuer, known))
        rows.append((label, words.money(amount, currency)))
    rows += [
        (words.say("letter", "refunded"), words.money(-sums["refund"], currency)),
        (words.say("letter", "charged_back"), words.money(-sums["chargeback"], currency)),
        (words.say("letter", "net"), words.money(sum(sums.values()), currency)),
    ]
    return Block(words.say("letter", "currency", currency=currency), tuple(rows))


def formula_blocks(words: Wording, issuer: Issuer, found: list[Movement], known: Receivers) -> list[Block]:
    """The versions by which lines of these movements were divided, with their hashes."""
    used = sorted(
        {(each.joint_sender_id, each.notice_version) for each in found if each.joint_sender_id and each.notice_version}
    )
    lines = []
    for number, version in used:
        joint = known.joint(number)
        formula = next((each for each in joint.formulas if each.version == version), None) if joint else None
        if formula is not None:
            lines.append(
                words.say(
                    "letter",
                    "formula",
                    organisation=joint_name(number, issuer, known),
                    version=str(version),
                    date=words.day(day_of(formula.valid_from, issuer)),
                    hash=formula.hash,
                )
            )
    return [Block(words.say("letter", "formulas"), paragraphs=tuple(lines))] if lines else []


def joint_name(joint_sender_id: int, issuer: Issuer, known: Receivers) -> str:
    joint = known.joint(joint_sender_id)
    return issuer.organisations.get(joint.organisation_id, "") if joint else str(joint_sender_id)


def digest(found: list[Movement]) -> str:
    """SHA-256 over the movements, one in a line, in order."""
    lines = (
        "\t".join(
            (each.platform, each.order_id, each.line_item, each.kind, each.event_id, each.at.isoformat(),
             str(each.amount), each.currency)
        )
        for each in found
    )  # fmt: skip
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
