"""Numbers in mails: bounded arithmetic and writing them as people read them.

Contacts' attributes hold numbers as numbers or as text. What is no number counts as 0 in arithmetic and is
left as it is by `number` and `money`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from liquid.exceptions import FilterArgumentError, ResourceLimitError

from fairpost.engine.render.limits import MOST_NUMBER
from fairpost.kernel.text import _

Number = int | Decimal
LONGEST = 40  # characters of a number given as text


def number_of(value: Any) -> Number | None:
    """The number that a value is or spells, or None. Raises where it is beyond the limit."""
    found: Number
    if isinstance(value, int) and not isinstance(value, bool):
        found = value
    elif isinstance(value, float) or (isinstance(value, str) and len(value) <= LONGEST and value.isascii()):
        try:
            found = Decimal(str(value).strip())
        except InvalidOperation:
            return None
        if not found.is_finite():
            return None
        if isinstance(value, str) and value.strip().lstrip("+-").isdigit():
            found = int(found)
    elif isinstance(value, Decimal):
        found = value
    else:
        return None
    if not -MOST_NUMBER <= found <= MOST_NUMBER:
        raise ResourceLimitError(_("a number is too great to calculate with"), token=None)
    return found


def plain(found: Any) -> int | float:
    """What a calculation yields: whole numbers stay whole."""
    if not -MOST_NUMBER <= found <= MOST_NUMBER:
        raise ResourceLimitError(_("a number is too great to calculate with"), token=None)
    return found if isinstance(found, int) else float(found)


def _two(calculate: Callable[[Number, Number], Any]) -> Callable[[Any, Any], int | float]:
    def filter_(value: Any, other: Any) -> int | float:
        return plain(calculate(number_of(value) or 0, number_of(other) or 0))

    return filter_


def _divide(a: Number, b: Number) -> Number:
    if not b:
        raise FilterArgumentError(_("cannot divide by 0"), token=None)
    return a // b if isinstance(a, int) and isinstance(b, int) else Decimal(a) / Decimal(b)


def _modulo(a: Number, b: Number) -> Number:
    if not b:
        raise FilterArgumentError(_("cannot divide by 0"), token=None)
    return a % b


def round_(value: Any, decimals: Any = 0) -> int | float:
    places = _places(decimals)
    found = _rounded(number_of(value) or 0, places)
    return int(found) if places == 0 else float(found)


def ceil(value: Any) -> int:
    return math.ceil(number_of(value) or 0)


def floor(value: Any) -> int:
    return math.floor(number_of(value) or 0)


def abs_(value: Any) -> int | float:
    return plain(abs(number_of(value) or 0))


def number(value: Any, decimals: Any = 0, mark: Any = ".", group: Any = ",") -> Any:
    """1234.5 as 1,235 or, with 2, as 1,234.50; marks can be changed: `number: 2, ",", "."` gives 1.234,50."""
    found = number_of(value)
    if found is None:
        return value
    text = f"{_rounded(found, _places(decimals)):,f}"
    return text.translate({ord(","): str(group)[:2], ord("."): str(mark)[:2]})


def money(value: Any, sign: Any = "$", decimals: Any = 2, mark: Any = ".", group: Any = ",") -> Any:
    """1234.5 as $1,234.50; the minus of a negative amount stands before the sign."""
    found = number_of(value)
    if found is None:
        return value
    return ("-" if found < 0 else "") + str(sign)[:8] + number(abs(found), decimals, mark, group)


def _rounded(found: Number, places: int) -> Decimal:
    return Decimal(found).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _places(decimals: Any) -> int:
    return max(0, min(8, int(number_of(decimals) or 0)))


ARITHMETIC: dict[str, Callable[..., Any]] = {
    "plus": _two(lambda a, b: a + b),
    "minus": _two(lambda a, b: a - b),
    "times": _two(lambda a, b: a * b),
    "divided_by": _two(_divide),
    "modulo": _two(_modulo),
    "at_least": _two(lambda a, b: max(a, b)),
    "at_most": _two(lambda a, b: min(a, b)),
    "round": round_,
    "ceil": ceil,
    "floor": floor,
    "abs": abs_,
    "number": number,
    "money": money,
}
