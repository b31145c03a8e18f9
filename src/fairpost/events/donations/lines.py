"""What a donation platform states is a line of a donation, or a change of one; it is checked here, whatever brought it.

A line is one line item of an order: platforms tell the organisations apart that receive one donor's money by giving
each a line item of its own. A change (refund, chargeback, cancellation, correction) names the line and has an id of its
own, and may come before the line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fairpost.events.donations.cards import refuse_card
from fairpost.events.donations.currencies import EXPONENTS
from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _

CHANGES = ("refund", "chargeback", "cancellation", "correction")
PLATFORM = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
EVERY_LINE = "*"
MOST_MINOR = 10**15
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
TEXTS = {
    "order_id": 120, "line_item": 120, "event_id": 120, "receiver": 200, "designated": 200, "reference": 100,
    "plan": 120, "donor_id": 200, "donor_email": 320,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DonationLine:
    """One line item of an order. `amount` counts minor units of `currency` (ISO 4217), `at` has a time zone.

    `receiver` is the organisation that gets it, by the platform's name or number; `designated` the participant that the
    donor chose where a joint sender receives it. `reference` is as the donor gave it. `plan` names what a recurring
    donation belongs to (its first order), `sequence` counts within it. Of the donor only a keyed hash is kept.
    """

    platform: str
    order_id: str
    at: datetime
    amount: int
    currency: str
    line_item: str = ""
    receiver: str = ""
    designated: str = ""
    reference: str = ""
    recurring: bool = False
    plan: str = ""
    sequence: int | None = None
    donor_id: str = ""
    donor_email: str = ""


@dataclass(frozen=True, slots=True)
class RefundLine:
    """A change of a line, `kind` being one of CHANGES; `event_id` is its own key.

    `amount` is what was returned (None: all that is left), or the line's right amount in a correction (None: as it is).
    A `line_item` of `*` means every line of the order, and then there is no amount. `receiver` and `designated` are
    for corrections; None leaves them.
    """

    kind: str
    platform: str
    order_id: str
    event_id: str
    at: datetime
    line_item: str = ""
    amount: int | None = None
    currency: str = ""
    receiver: str | None = None
    designated: str | None = None


Line = DonationLine | RefundLine


def check_line(line: Line) -> Line:
    """The line as it is kept: texts without surrounding blanks, the time in UTC. Raises `Invalid` for what is wrong."""
    if isinstance(line, RefundLine):
        check_kind(line.kind)
    refuse_card(line.platform, "platform")
    if not PLATFORM.fullmatch(line.platform):
        raise Invalid(
            _("The platform is named by small letters, digits, dots and hyphens, at most 40."), field="platform"
        )
    found = replace(line, **checked_texts(line), at=checked_time(line.at))
    return checked_donation(found) if isinstance(found, DonationLine) else checked_change(found)


def checked_texts(line: Line) -> dict[str, str]:
    texts = {}
    for name, most in TEXTS.items():
        value = getattr(line, name, None)
        if value is None:
            continue
        refuse_card(value, name)
        texts[name] = single_line(value, name, most, required=name in ("order_id", "event_id"))
    return texts


def checked_time(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise Invalid(_("The time of a donation needs its zone."), field="at")
    if not FIRST <= at < LAST:
        raise Invalid(_("{at} is no time of a donation.").format(at=at.isoformat()), field="at")
    return at.astimezone(UTC)


def checked_donation(line: DonationLine) -> DonationLine:
    if line.line_item == EVERY_LINE:
        raise Invalid(_("A donated line needs its own line item; * stands for all in refunds only."), field="line_item")
    check_amount(line.amount, line.currency)
    if line.sequence is not None and not 0 < line.sequence < 100_000:
        raise Invalid(_("The sequence of a recurring donation counts from 1."), field="sequence")
    if not line.recurring and (line.plan or line.sequence is not None):
        raise Invalid(_("A plan and a sequence are of recurring donations only."), field="recurring")
    return replace(line, plan=line.plan or line.order_id) if line.recurring else line


def checked_change(line: RefundLine) -> RefundLine:
    if line.amount is not None:
        if line.kind == "cancellation":
            raise Invalid(_("A cancellation ends a recurring donation and has no amount."), field="amount")
        if line.line_item == EVERY_LINE:
            raise Invalid(_("An amount needs the line item that it was taken from."), field="line_item")
        check_amount(line.amount, line.currency, least=0 if line.kind == "correction" else 1)
    elif line.currency and line.currency not in EXPONENTS:
        raise unknown_currency(line.currency)
    if line.kind == "correction":
        if line.line_item == EVERY_LINE or (line.amount, line.receiver, line.designated) == (None, None, None):
            raise Invalid(_("A correction says of one line item what is right: amount or receiver."), field="kind")
    elif (line.receiver, line.designated) != (None, None):
        raise Invalid(_("Only a correction changes who receives a line."), field="receiver")
    return line


def check_kind(kind: str) -> None:
    refuse_card(kind, "kind")
    if kind not in CHANGES:
        raise Invalid(
            _("There is no kind {kind}; there are: donation, {kinds}.").format(
                kind=repr(kind[:40]), kinds=", ".join(CHANGES)
            ),
            field="kind",
        )


def check_amount(amount: int, currency: str, least: int = 1) -> None:
    if currency not in EXPONENTS:
        raise unknown_currency(currency)
    if not least <= amount < MOST_MINOR:
        raise Invalid(_("The amount must be more than nothing, and no larger than money is."), field="amount")


def unknown_currency(currency: str) -> Invalid:
    return Invalid(
        _("{currency} is no currency of ISO 4217.").format(currency=repr(currency[:10])),
        field="currency",
        hint=_("Write its three capital letters, such as EUR."),
    )
