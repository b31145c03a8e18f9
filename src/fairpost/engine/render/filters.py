"""The filters that templates may use: each safe, bounded in size and time, and the same in both rendering
paths.

A filter takes the value and literal or computed arguments. None of them reads a file, compiles a pattern or
marks a contact's data as markup. What a filter makes is capped (`limits.MOST_VALUE`) before it is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from liquid import Undefined
from liquid.exceptions import FilterArgumentError, ResourceLimitError
from liquid.filter import with_context
from markupsafe import Markup, escape

from fairpost.engine.render.dates import formatted, moment_of
from fairpost.engine.render.limits import MOST_VALUE
from fairpost.engine.render.numbers import ARITHMETIC
from fairpost.engine.render.values import Escape, as_url_part, text_of
from fairpost.kernel.text import _

_SPACES = re.compile(r"\s+")
_LINE_END = re.compile(r"\r\n|\r|\n")


def capped(length: int) -> None:
    """Refuses to make a value longer than the cap."""
    if length > MOST_VALUE:
        raise ResourceLimitError(_("a filter makes a value of more than 100,000 characters"), token=None)


def string(value: Any) -> str:
    """The value as text, with markup kept as such."""
    text = text_of(value)
    capped(len(text))
    return text


def whole(value: Any) -> int:
    """An argument as a whole number."""
    try:
        return max(-MOST_VALUE, min(MOST_VALUE, int(value)))
    except (TypeError, ValueError, OverflowError):
        raise FilterArgumentError(_("expected a whole number"), token=None) from None


def default(value: Any, fallback: Any = "", *, allow_false: bool = False) -> Any:
    if value is False:
        return value if allow_false else fallback
    if value is None or isinstance(value, Undefined) or value == "" or value == [] or value == {}:
        return fallback
    return value


def upcase(value: Any) -> str:
    return string(value).upper()


def downcase(value: Any) -> str:
    return string(value).lower()


def capitalize(value: Any) -> str:
    text = string(value)
    return text[:1].upper() + text[1:].lower()


def strip(value: Any) -> str:
    return string(value).strip()


def lstrip(value: Any) -> str:
    return string(value).lstrip()


def rstrip(value: Any) -> str:
    return string(value).rstrip()


def squish(value: Any) -> str:
    text = string(value)
    return type(text)(_SPACES.sub(" ", text.strip()))


def strip_newlines(value: Any) -> str:
    text = string(value)
    return type(text)(_LINE_END.sub("", text))


def append(value: Any, more: Any) -> str:
    text, more = string(value), string(more)
    capped(len(text) + len(more))
    return text + more


def prepend(value: Any, more: Any) -> str:
    text, more = string(value), string(more)
    capped(len(text) + len(more))
    return more + text


def replace(value: Any, old: Any, new: Any = "") -> str:
    text, old, new = string(value), string(old), string(new)
    # Counted first: replacing each character by a long text multiplies.
    capped(len(text) + text.count(old) * max(0, len(new) - len(old)))
    return text.replace(old, new)


def replace_first(value: Any, old: Any, new: Any = "") -> str:
    text, new = string(value), string(new)
    capped(len(text) + len(new))
    return text.replace(string(old), new, 1)


def remove(value: Any, old: Any) -> str:
    return string(value).replace(string(old), "")


def truncate(value: Any, length: Any = 50, ellipsis: Any = "...") -> str:
    text, ellipsis = string(value), string(ellipsis)
    most = whole(length)
    if len(text) <= most:
        return text
    return text[: max(0, most - len(ellipsis))] + ellipsis


def truncatewords(value: Any, words: Any = 15, ellipsis: Any = "...") -> str:
    text = string(value)
    most = max(1, whole(words))
    parts = text.split()
    if len(parts) <= most:
        return text
    return type(text)(" ").join(parts[:most]) + string(ellipsis)


def slice_(value: Any, start: Any, length: Any = 1) -> Any:
    held = value if isinstance(value, (list, tuple)) else string(value)
    first, many = whole(start), max(0, whole(length))
    if first < 0:
        first = max(0, len(held) + first)
    return held[first : first + many]


def split(value: Any, separator: Any) -> list[Any]:
    text, mark = string(value), string(separator)
    if not mark:
        return list(text)
    return text.split(None if mark == " " else mark) if text else []


def join(value: Any, separator: Any = " ") -> str:
    if not isinstance(value, (list, tuple)):
        return string(value)
    mark, parts = string(separator), [text_of(each) for each in value]
    capped(sum(map(len, parts)) + len(mark) * len(parts))
    return mark.join(parts)


def first(value: Any) -> Any:
    return value[0] if isinstance(value, (list, tuple)) and value else None


def last(value: Any) -> Any:
    return value[-1] if isinstance(value, (list, tuple)) and value else None


def size(value: Any) -> int:
    return len(value) if isinstance(value, (str, list, tuple, dict, range)) else 0


@with_context
def date(value: Any, pattern: Any, *, context: Any) -> Any:
    """`context` has the moment of sending as `moment`; "now" and "today" mean it."""
    moment = context.moment if value in ("now", "today") else moment_of(value)
    if moment is None:
        return None if isinstance(value, Undefined) else value
    text = string(pattern)
    return type(text)(formatted(moment, text))


def same(value: Any) -> Any:
    return value


def escape_html(value: Any) -> Markup:
    return escape(string(value))


def newline_to_br(value: Any) -> Markup:
    text = escape(string(value))
    capped(len(text) + 5 * text.count("\n"))
    return Markup(_LINE_END.sub("<br>\n", text))


def url_encode(value: Any) -> str:
    text = string(value)
    capped(3 * len(text))
    return as_url_part(text)


ALIKE: dict[str, Callable[..., Any]] = {
    "default": default,
    "upcase": upcase,
    "downcase": downcase,
    "capitalize": capitalize,
    "strip": strip,
    "lstrip": lstrip,
    "rstrip": rstrip,
    "squish": squish,
    "strip_newlines": strip_newlines,
    "append": append,
    "prepend": prepend,
    "replace": replace,
    "replace_first": replace_first,
    "remove": remove,
    "truncate": truncate,
    "truncatewords": truncatewords,
    "slice": slice_,
    "split": split,
    "join": join,
    "first": first,
    "last": last,
    "size": size,
    "date": date,
    "url_encode": url_encode,
    **ARITHMETIC,
}

# Only HTML has markup: elsewhere these leave a value as it is, so that an author's habit does no harm in a
# subject.
HTML_ONLY: dict[str, Callable[..., Any]] = {"escape": escape_html, "newline_to_br": newline_to_br}

FILTER_NAMES = frozenset(ALIKE) | frozenset(HTML_ONLY)


def filters_for(mode: Escape) -> dict[str, Callable[..., Any]]:
    """The filters of one place of output."""
    found = {**ALIKE, **(HTML_ONLY if mode == "html" else dict.fromkeys(HTML_ONLY, same))}
    if mode == "url":
        found["url_encode"] = same  # what stands in an address is encoded anyway, and only once
    return found
