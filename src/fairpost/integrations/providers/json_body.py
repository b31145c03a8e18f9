"""Reads the JSON that strangers post, within bounds; what is wrong is `Invalid`, never a crash."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

MOST_OCTETS = 1_000_000


def read_object(body: bytes | str) -> dict[str, Any]:
    """The object that `body` is. Raises Invalid where it is none, or longer than a megabyte."""
    if len(body) > MOST_OCTETS:
        raise Invalid(_("The post is longer than one megabyte."))
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid(_("The post is not whole JSON.")) from None
    if not isinstance(read, dict):
        raise Invalid(_("The post is no JSON object."))
    return read


def text_of(data: dict[str, Any], name: str, longest: int = 1000) -> str:
    """The text under this name, cut; "" where there is none or something else."""
    value = data.get(name)
    return value[:longest] if isinstance(value, str) else ""


def time_of(value: object) -> datetime | None:
    """A time with its zone; None where it is none."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None


def objects_of(value: object, most: int) -> list[dict[str, Any]]:
    """The objects of a list, `most` at most; what is none is left out."""
    return [each for each in value[:most] if isinstance(each, dict)] if isinstance(value, list) else []
