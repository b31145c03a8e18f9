"""Reads the tag=value lists of DKIM and DMARC records (RFC 6376, 3.2)."""

from __future__ import annotations

import re

TAG = re.compile(r"[ \t]*([A-Za-z][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*?)[ \t]*", re.DOTALL)


def parse_tags(text: str) -> dict[str, str] | None:
    """Tags in the order of the record, or None where it is empty, no such list, or names a tag twice."""
    tags: dict[str, str] = {}
    parts = text.split(";")
    if not parts[-1].strip():
        parts.pop()
    for part in parts:
        match = TAG.fullmatch(part)
        if match is None or match[1] in tags:
            return None
        tags[match[1]] = match[2]
    return tags or None
