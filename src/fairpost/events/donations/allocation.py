"""A donation is divided in whole minor units, and nothing is lost or made: the parts add up to what was given.

Shares are exact fractions; what rounding leaves over goes, unit by unit, to the largest remainders, of equal ones to
the first (the method of Hamilton). What exceeds a participant's limit goes to the next ones in the formula's order,
then to those before it; what exceeds all limits goes back to the donor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

DONOR = -1  # in place of an organisation: what exceeds all limits


@dataclass(frozen=True, slots=True)
class Share:
    """One participant's share of each donation; `limit` is the most it takes of one donor, in minor units."""

    organisation_id: int
    share: Fraction
    limit: int | None = None


def divide(amount: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Parts of `amount` (>= 0) in proportion to the weights (>= 0, not all 0); they add up to it exactly."""
    total = sum(weights)
    exact = [Fraction(amount) * each / total for each in weights]
    parts = [int(each) for each in exact]
    left = amount - sum(parts)
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[:left]:
        parts[place] += 1
    return parts


def allocate(amount: int, shares: Sequence[Share], taken: Mapping[int, int]) -> dict[int, int]:
    """Who gets how much of `amount`; `taken` is what each has of this donor already. Parts of nothing are left out.

    Under the key DONOR stands what exceeds all limits.
    """
    parts = divide(amount, [each.share for each in shares])
    room = [None if each.limit is None else max(0, each.limit - taken.get(each.organisation_id, 0)) for each in shares]
    over = 0
    for place in range(2 * len(shares)):  # once round for those behind, once more for those before
        at = place % len(shares)
        wanted = parts[at] + over
        parts[at] = wanted if room[at] is None else min(wanted, room[at])
        over = wanted - parts[at]
    found = {each.organisation_id: part for each, part in zip(shares, parts, strict=True) if part}
    return {**found, DONOR: over} if over else found


def take_back(amount: int, left: Mapping[int, int]) -> dict[int, int]:
    """How much of a returned `amount` each bears, in proportion to what it has left; none bears more than that."""
    if not amount:
        return {}
    keys = list(left)
    divided = divide(amount, [left[each] for each in keys])
    return {key: part for key, part in zip(keys, divided, strict=True) if part}
