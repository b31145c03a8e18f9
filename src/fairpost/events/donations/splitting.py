"""Who gets a line: whom the platform names, whom the donor chose, or the participants by the formula then in force.

A joint sender's donations are divided by the notice in force at the donation's time. Limits are per donor, over what
the donor gave through the joint sender before, less what was returned before; so a donor's lines are divided together,
by their times. A donor that nobody can tell has each line counted alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from fairpost.delivery.queries.mailed import Mailed
from fairpost.events.donations.allocation import Share, allocate, take_back
from fairpost.events.donations.currencies import EXPONENTS
from fairpost.events.donations.standing import Standing
from fairpost.kernel.text import mark
from fairpost.tenants.queries.receivers import Formula, JointReceiver, Receivers

UNKNOWN = 0  # in place of an organisation: the account knows none of the name that the platform gave

NOTES = {
    "unknown_receiver": mark("the account knows no organisation of that name"),
    "unknown_designation": mark("the account knows no participant of the name that the donor chose"),
    "no_notice": mark("the joint sender had no notice in force then, so that nothing was divided"),
    "limits_other_currency": mark("the limits are in another currency and were not applied"),
    "foreign_change": mark("a change was stated in another currency and changes nothing"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of money at one organisation; see the table donation_entry."""

    kind: str
    event_id: str
    organisation_id: int
    at: datetime
    amount: int


@dataclass(slots=True)
class Divided:
    """A line with who received it, and its entries."""

    standing: Standing
    organisation_id: int
    joint_sender_id: int | None = None
    formula: Formula | None = None
    notes: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def donor(self) -> tuple[object, ...]:
        """Whose limits it counts against: one donor's through one joint sender in one currency."""
        line = self.standing.line
        return self.joint_sender_id, line.donor or self.standing.key, line.currency


Names = Mapping[tuple[str, str], int]


def directed(standing: Standing, known: Receivers, names: Names, sent: Mailed | None) -> Divided:
    """The line with its receiver found; `names` maps (platform, name) where the account said so."""
    line = standing.line
    through = known.joint(sent.joint_sender_id) if sent else None
    organisation = (
        resolved(line.platform, line.receiver, known, names) if line.receiver else unnamed(known, sent, through)
    )
    made = Divided(standing, organisation)
    if organisation == UNKNOWN:
        made.notes.append("unknown_receiver")
    joint = known.joint_of_organisation(organisation)
    if joint is not None:
        as_a_whole(made, joint, known, names)
    elif through is not None and organisation in through.participants:
        made.joint_sender_id = through.joint_sender_id
    if standing.foreign:
        made.notes.append("foreign_change")
    return made


def resolved(platform: str, name: str, known: Receivers, names: Names) -> int:
    return names.get((platform, name)) or known.by_name(name) or UNKNOWN


def unnamed(known: Receivers, sent: Mailed | None, through: JointReceiver | None) -> int:
    """Where the platform names nobody: the campaign's joint sender or legal sender, else the account's holder."""
    if through is not None:
        return through.organisation_id
    return known.identities.get(sent.identity_id, known.holder_id) if sent else known.holder_id


def as_a_whole(made: Divided, joint: JointReceiver, known: Receivers, names: Names) -> None:
    line = made.standing.line
    made.joint_sender_id = joint.joint_sender_id
    chosen = resolved(line.platform, line.designated, known, names) if line.designated else UNKNOWN
    if chosen in joint.participants:
        made.organisation_id = chosen
        return
    if line.designated:
        made.notes.append("unknown_designation")
    made.formula = joint.formula_at(line.at)
    if made.formula is None:
        made.notes.append("no_notice")


def divide_all(lines: Iterable[Divided]) -> None:
    """Writes the entries of lines among which all of each donor are that limits are counted over."""
    donors: dict[tuple[object, ...], list[Divided]] = defaultdict(list)
    for each in lines:
        donors[each.donor].append(each)
    for given in donors.values():
        taken: list[Entry] = []
        for each in sorted(given, key=lambda each: (each.standing.line.at, each.standing.key)):
            each.entries = entries_of(each, taken)
            taken += each.entries


def entries_of(made: Divided, before: list[Entry]) -> list[Entry]:
    line = made.standing.line
    if made.formula is None:
        parts = {made.organisation_id: made.standing.amount} if made.standing.amount else {}
    else:
        had: dict[int, int] = defaultdict(int)
        for each in before:
            if each.at <= line.at:
                had[each.organisation_id] += each.amount
        parts = allocate(made.standing.amount, shares_of(made, made.formula), had)
    found = [Entry("donation", "", who, line.at, part) for who, part in parts.items()]
    left = dict(parts)
    for each in made.standing.returned:
        for who, part in take_back(each.amount, left).items():
            left[who] -= part
            found.append(Entry(each.kind, each.event_id, who, each.at, -part))
    return found


def shares_of(made: Divided, formula: Formula) -> list[Share]:
    limited = any(limit is not None for _who, _share, limit in formula.shares)
    foreign = limited and formula.currency != made.standing.line.currency
    if foreign and "limits_other_currency" not in made.notes:
        made.notes.append("limits_other_currency")
    return [
        Share(who, share, None if foreign or limit is None else minor_units(limit, formula.currency))
        for who, share, limit in formula.shares
    ]


def minor_units(amount: Decimal, currency: str) -> int:
    return int(amount * 10 ** EXPONENTS.get(currency, 2))
