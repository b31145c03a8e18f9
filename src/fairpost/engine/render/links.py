"""Where a link of a content version leads, and whether a click on it can be counted.

A counted link goes by way of the platform, which knows the recipient's token and nothing of the contact. So only
links that are the same for all, but for the donation reference, are counted; one with other attributes in its address
stays direct. A token names no address: a changed number chooses another link of the same content version.
"""

from __future__ import annotations

import re

from fairpost.engine.ports import Link
from fairpost.engine.render.template import Spans, compile_template

REFERENCE = "donation_reference"
HONEYPOT = 65534  # the number of the link that no person sees

_WEB = re.compile(r"https?://[^/?#{]", re.IGNORECASE)
_LIQUID_OR_FRAGMENT = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|#", re.DOTALL)


def destination(link: Link) -> Spans:
    """The link's address as a template; a donation link without a reference gets `reference=` in its query."""
    compiled = compile_template(link.url.strip(), escape="url")
    if not link.donation or REFERENCE in compiled.names:
        return compiled
    return compile_template(_with_reference(link.url.strip()), escape="url")


def is_countable(compiled: Spans) -> bool:
    """Whether clicks on this destination can go by way of the platform."""
    return bool(_WEB.match(compiled.source)) and compiled.names <= {REFERENCE}


def _with_reference(url: str) -> str:
    fragments = (each.start() for each in _LIQUID_OR_FRAGMENT.finditer(url) if each[0] == "#")
    end = next(fragments, len(url))
    head, fragment = url[:end], url[end:]
    mark = "" if head.endswith(("?", "&")) else "&" if "?" in head else "?"
    return f"{head}{mark}reference={{{{ {REFERENCE} }}}}{fragment}"
