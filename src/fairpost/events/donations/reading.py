"""A line as JSON or a row of a file states it, all values texts, becomes a line as it is taken in.

The names are those of docs/reference/donations.md. A member that would hold something of a card is left out unread;
any other name that is not known is refused, because a slip would go unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from fairpost.events.donations.amounts import read_amount
from fairpost.events.donations.cards import is_card_field, refuse_card
from fairpost.events.donations.lines import DonationLine, Line, RefundLine
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

OF_BOTH = ("platform", "order_id", "line_item", "at", "amount", "currency", "receiver", "designated")
OF_DONATIONS = ("reference", "recurring", "plan", "sequence", "donor_id", "donor_email")
NAMES = ("kind", "event_id", *OF_BOTH, *OF_DONATIONS)
YES = ("recurring", "true", "yes", "1")
NO = ("one_off", "false", "no", "0", "")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source leaves unsaid: its platform, the zone of times without one, and whether a comma begins decimals."""

    platform: str = ""
    zone: tzinfo | None = None
    comma: bool = False


def read_line(row: Mapping[str, Any], reading: Reading | None = None) -> Line:
    """The line; raises `Invalid`, with the name of what is wrong and nothing of a card, where it is none."""
    reading = reading or Reading()
    texts = {name: read_text(name, value) for name, value in row.items() if value is not None and wanted(name)}
    for name, value in texts.items():
        refuse_card(value, name)
    kind = texts.pop("kind", "") or "donation"
    texts = {name: value for name, value in texts.items() if value}
    given: dict[str, Any] = {
        "platform": texts.get("platform") or reading.platform,
        "order_id": texts.get("order_id", ""),
        "line_item": texts.get("line_item", ""),
        "at": read_time(texts.get("at", ""), reading),
        "currency": texts.get("currency", ""),
    }
    if "amount" in texts:
        given["amount"] = read_amount(texts["amount"], given["currency"], comma=reading.comma)
    return read_donation(texts, given) if kind == "donation" else read_change(kind, texts, given)


def read_donation(texts: Mapping[str, str], given: dict[str, Any]) -> DonationLine:
    if "amount" not in given:
        raise Invalid(_("A donation needs its amount."), field="amount")
    if texts.get("event_id"):
        raise Invalid(_("A donation is known by its order and line item; only changes have an event_id."),
                      field="event_id")  # fmt: skip
    own = ("receiver", "designated", "reference", "plan", "donor_id", "donor_email")
    return DonationLine(
        **given,
        **{name: texts[name] for name in own if name in texts},
        recurring=read_recurring(texts.get("recurring", "")),
        sequence=read_sequence(texts.get("sequence", "")),
    )


def read_change(kind: str, texts: Mapping[str, str], given: dict[str, Any]) -> RefundLine:
    foreign = [name for name in OF_DONATIONS if texts.get(name)]
    if foreign:
        raise Invalid(_("{name} is of donations, not of changes of one.").format(name=foreign[0]), field=foreign[0])
    changed = {name: texts[name] for name in ("receiver", "designated") if name in texts}
    return RefundLine(kind, event_id=texts.get("event_id", ""), **given, **changed)


def wanted(name: str) -> bool:
    if name in NAMES:
        return True
    if is_card_field(name):
        return False
    raise Invalid(
        _("There is no member {name}.").format(name=repr(name[:40])),
        field=name[:40],
        hint=_("There are: {names}.").format(names=", ".join(NAMES)),
    )


def read_text(name: str, value: Any) -> str:
    """Texts as they are; of JSON also true and false, and whole numbers where a count is meant."""
    if isinstance(value, bool) and name == "recurring":
        return "true" if value else "false"
    if isinstance(value, int) and not isinstance(value, bool) and name == "sequence":
        return str(value)
    if not isinstance(value, str):
        raise Invalid(_("{name} must be a text in quotation marks.").format(name=name), field=name)
    return value.strip()


def read_time(text: str, reading: Reading) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            _("{text} is not a time.").format(text=repr(text[:40])),
            field="at",
            hint=_("Write 2027-03-01T09:00:00+01:00."),
        ) from None
    if at.tzinfo is None and reading.zone is not None:
        at = at.replace(tzinfo=reading.zone)
    if at.tzinfo is None:
        raise Invalid(
            _("The time {text} has no zone.").format(text=repr(text[:40])),
            field="at",
            hint=_("Write it as 2027-03-01T09:00:00+01:00; for a file, --zone says which zone its times are in."),
        )
    return at


def read_recurring(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise Invalid(_("recurring is one_off or recurring, not {text}.").format(text=repr(text[:40])), field="recurring")


def read_sequence(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise Invalid(_("The sequence of a recurring donation counts from 1."), field="sequence")
    return int(text)
