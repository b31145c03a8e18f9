"""Takes in what platforms state of donations: twice, late or in any order, it comes to the same rows and sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from pyroaring import BitMap

from fairpost.audit.actions import record
from fairpost.audit.vault.ring import installation_keyring
from fairpost.engine.signing.keyring import KeyRing
from fairpost.events.donations.attribution import read_reference, why_not
from fairpost.events.donations.cards import holds_card_number
from fairpost.events.donations.donor import donor_key
from fairpost.events.donations.lines import DonationLine, Line, check_line
from fairpost.events.donations.rebuild import campaigns_of, rebuild
from fairpost.events.donations.statements import DONATION as STATED
from fairpost.events.donations.statements import Statement, add_statements, state, statements_of
from fairpost.events.donations.turn import take_turn
from fairpost.events.kinds import DONATION
from fairpost.events.members import add_members
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries.receivers import receivers

MOST = 1000
WEBHOOK = Actor(name="donations", via="system")


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One line that was not taken: its place among those given (from 0), its order, what is wrong with it and where."""

    row: int
    order_id: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """How many statements are new, how many were known, and those refused.

    `differing` counts new ones that say something else of a line than was stated before: which of them counts is the
    same whatever came first, and a correction decides otherwise.
    """

    added: int
    already: int
    differing: int
    refused: tuple[RefusedLine, ...]


def take_donations(
    *,
    actor: Actor | None = None,
    account_id: int,
    lines: Sequence[Line],
    source: str,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Taken:
    """All that can be taken, in one transaction; a line that is wrong is refused alone, with its reason.

    `source` says where they came from, such as `api` or `webhook:17`. `actor` None is a webhook of the account whose
    signature was verified. Raises `Invalid` for more than 1,000 lines, `NotFound` for an account that does not exist.
    """
    if actor is not None:
        authorise(actor, "donation.write", account_id=account_id, act="donation.take")
    if len(lines) > MOST:
        raise Invalid(_("Give at most {most} lines at once; more come as a file.").format(most=MOST), field="lines")
    known = receivers(account_id)
    keyring, now = installation_keyring(), clock.now()
    good, refused = sifted(lines)
    stated = [statement_of(each, account_id, keyring) for each in good]
    with transaction.atomic(), connection.cursor() as cursor:
        take_turn(cursor, account_id, now)
        added = add_statements(cursor, account_id, stated, single_line(source, "source"), now)
        orders = {each.order for each in added}
        rebuild(cursor, account_id, orders, known, settings.FAIRPOST.donation_window_days)
        add_donors(cursor, account_id, added, settings.FAIRPOST.donation_window_days)
        taken = Taken(len(added), len(good) - len(added), differing(cursor, account_id, added), tuple(refused))
        if added:
            note(actor or WEBHOOK, account_id, taken, reason, clock)
    return taken


def sifted(lines: Sequence[Line]) -> tuple[list[Line], list[RefusedLine]]:
    good, refused = [], []
    for row, line in enumerate(lines):
        try:
            good.append(check_line(line))
        except Invalid as error:
            refused.append(refusal(row, line.order_id, error))
    return good, refused


def refusal(row: int, order_id: str, error: Invalid) -> RefusedLine:
    """The order is named, unless what stands there must not be repeated."""
    shown = "" if holds_card_number(order_id) else order_id[:120]
    return RefusedLine(row, shown, error.field or "", str(error))


def statement_of(line: Line, account_id: int, keyring: KeyRing) -> Statement:
    if not isinstance(line, DonationLine):
        return state(line, None, None, "", None)
    campaign, ordinal, why = read_reference(keyring, account_id, line.reference)
    donor = donor_key(keyring, account_id, line.platform, line.donor_id, line.donor_email)
    return state(line, campaign, ordinal, why, donor)


def add_donors(cursor: Any, account_id: int, added: Iterable[Statement], window_days: int) -> None:
    """Whoever's reference came with a donation within its window has donated, whichever statement counts."""
    donations = [each for each in added if each.kind == STATED]
    campaigns = campaigns_of(account_id, donations)
    members: dict[tuple[int, date], BitMap] = defaultdict(BitMap)
    for each in donations:
        if not why_not(each, campaigns, window_days):
            members[each.campaign_id or 0, each.at.date()].add(each.ordinal or 0)
    for (campaign, day), ordinals in sorted(members.items()):
        add_members(cursor, account_id, campaign, DONATION, ordinals, day=day)


def differing(cursor: Any, account_id: int, added: Iterable[Statement]) -> int:
    new = [each for each in added if each.kind == STATED]
    if not new:
        return 0
    all_of = statements_of(cursor, account_id, {each.order for each in new})
    stated: dict[tuple[str, str, str], int] = defaultdict(int)
    for each in all_of:
        if each.kind == STATED:
            stated[*each.order, each.line_item] += 1
    return sum(stated[*each.order, each.line_item] > 1 for each in new)


def note(actor: Actor, account_id: int, taken: Taken, reason: str | None, clock: Clock) -> None:
    record(
        actor=actor,
        act="donation.taken",
        account_id=account_id,
        subject=f"account:{account_id}",
        reason=reason,
        facts={
            "added": taken.added,
            "already": taken.already,
            "differing": taken.differing,
            "refused": len(taken.refused),
        },
        clock=clock,
    )

