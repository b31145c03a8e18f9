"""A contact's attribute reaches a mail as data: never as markup, as a header of its own or as part of an
address.

Four places, four escapes. Each takes what an expression yielded and returns the text to insert.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import quote

from liquid import Undefined
from markupsafe import escape

Escape = Literal["html", "text", "url", "header"]

_CONTROL = re.compile("[\0-\b\v\f\x0e-\x1f\x7f]")
_BREAKING = re.compile("[\0-\x20\x7f-\x9f\u2028\u2029]+")
_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)
_URL_CHARACTERS = "%/:?#[]@!$&'()*+,;=~"


def text_of(value: Any) -> str:
    """How a value is printed: nothing for a missing one, lists without separators, no Python notation."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, Mapping) and not isinstance(value, Undefined):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "".join(text_of(each) for each in value)
    if isinstance(value, range):
        return f"{value.start}..{value.stop - 1}"
    return str(value)


def as_html(value: Any) -> str:
    """Escaped for HTML content and quoted attributes; the author's own literals (Markup) stay as they are."""
    text = text_of(value)
    if _CONTROL.search(text):
        text = type(text)(_CONTROL.sub("", text))
    return str(escape(text))


def as_text(value: Any) -> str:
    """Plain text without control characters other than tab and line ends."""
    return _CONTROL.sub("", str(text_of(value)))


def as_header(value: Any) -> str:
    """One line: every run of control characters, line ends and spaces becomes one space."""
    return _BREAKING.sub(" ", str(text_of(value)))


def as_url_part(value: Any) -> str:
    """Percent-encoded (RFC 3986, 2.1), so that it stays within its part of the address."""
    return quote(str(text_of(value)), safe="", errors="replace")


def as_url(value: Any) -> str:
    """A whole web address, or nothing where it is not http or https."""
    address = str(text_of(value)).strip()
    if not _WEB.match(address):
        return ""
    return quote(address, safe=_URL_CHARACTERS, errors="replace")


ESCAPES: dict[Escape, Callable[[Any], str]] = {
    "html": as_html,
    "text": as_text,
    "url": as_url_part,
    "header": as_header,
}
