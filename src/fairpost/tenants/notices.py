"""What a joint sender must tell donors, as structure: who takes part and how exactly a donation is divided.

The four statements are those of 11 CFR 102.17(c)(2)(i): the participants, the allocation formula, that the
donor may designate a donation for one participant all the same, and that the formula may change where a
donation would exceed a limit. Shares are exact fractions: three thirds are a whole, three times 33.33 % are
not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%")
FRACTION = re.compile(r"([0-9]{1,9})/([1-9][0-9]{0,8})")
AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Allocation:
    """One participant's share of each donation, and the most (in the terms' currency) it takes of a donor."""

    organisation_id: int
    share: Fraction
    limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """The formula, in order: what exceeds one participant's limit goes to the next ones."""

    allocations: tuple[Allocation, ...]
    currency: str = ""
    donor_may_designate: bool = True
    formula_may_change: bool = True


def parse_share(text: str) -> Fraction:
    """The exact share that `60%`, `33.5 %` or `1/3` means; `Invalid` for anything else."""
    if match := PERCENT.fullmatch(text.strip()):
        return Fraction(match[1]) / 100
    if match := FRACTION.fullmatch(text.strip()):
        return Fraction(int(match[1]), int(match[2]))
    raise Invalid(
        _("{text} is not a share.").format(text=repr(text)),
        field="share",
        hint=_("Write a percentage (60%) or a fraction (1/3)."),
    )


def parse_limit(text: str) -> Decimal:
    """The amount that `3300` or `3300.50` means, at most two decimals; `Invalid` for anything else."""
    if not AMOUNT.fullmatch(text) or Decimal(text) == 0:
        raise Invalid(
            _("{text} is not an amount.").format(text=repr(text)),
            field="limit",
            hint=_("Write a number such as 3300 or 3300.50; the currency stands apart."),
        )
    return Decimal(text)


def validate_terms(terms: NoticeTerms, active: Collection[int]) -> None:
    """Raises `Invalid` for a formula that does not divide the whole among exactly those who are `active`."""
    ids = [each.organisation_id for each in terms.allocations]
    if len(ids) != len(set(ids)):
        raise Invalid(_("The formula names a participant twice."), field="allocations")
    if unknown := set(ids) - set(active):
        raise Invalid(
            _("The formula names organisation {id}, which does not take part on that day.").format(id=min(unknown)),
            field="allocations",
            hint=_("Add it as a participant first, or leave it out."),
        )
    if missing := set(active) - set(ids):
        raise Invalid(
            _("The formula leaves out organisation {id}, which takes part on that day.").format(id=min(missing)),
            field="allocations",
            hint=_("Give every participant a share, or end its participation first."),
        )
    if len(ids) < 2:
        raise Invalid(_("A joint sender has at least two participants."), field="allocations")
    validate_shares(terms)
    validate_limits(terms)
    if not (terms.donor_may_designate and terms.formula_may_change):
        raise Invalid(
            _("A joint notice must say that donors may designate a participant and that the formula may change."),
            field="donor_may_designate" if not terms.donor_may_designate else "formula_may_change",
        )


def validate_shares(terms: NoticeTerms) -> None:
    if any(each.share <= 0 for each in terms.allocations):
        raise Invalid(_("Every participant's share must be more than nothing."), field="allocations")
    total = sum((each.share for each in terms.allocations), Fraction(0))
    if total != 1:
        raise Invalid(
            _("The shares add up to {total} instead of exactly 100 %.").format(total=f"{float(total * 100):g} %"),
            field="allocations",
            hint=_("Use fractions (1/3) where percentages cannot be exact."),
        )


def validate_limits(terms: NoticeTerms) -> None:
    limited = any(each.limit is not None for each in terms.allocations)
    if limited and not re.fullmatch(r"[A-Z]{3}", terms.currency):
        raise Invalid(
            _("Limits need a currency."),
            field="currency",
            hint=_("Give its code of three letters, such as EUR."),
        )
    for each in terms.allocations:
        if each.limit is not None:
            parse_limit(str(each.limit))


def terms_to_json(terms: NoticeTerms, names: Mapping[int, str]) -> dict[str, Any]:
    """The form that is stored and hashed: shares and limits as text, so that nothing is rounded."""
    return {
        "participants": [
            {
                "organisation_id": each.organisation_id,
                "name": names[each.organisation_id],
                "share": str(each.share),
                "limit": None if each.limit is None else f"{each.limit:.2f}",
            }
            for each in terms.allocations
        ],
        "currency": terms.currency,
        "donor_may_designate": terms.donor_may_designate,
        "formula_may_change": terms.formula_may_change,
    }
