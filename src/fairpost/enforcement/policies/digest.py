"""One canonical form, so that anybody can compute the hash of what was published again."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any


def digest(published: dict[str, Any]) -> str:
    """SHA-256 in hexadecimal over JSON with sorted keys, no blanks, ASCII only; times in UTC to the microsecond."""
    canonical = json.dumps(published, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=canonical_time)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def canonical_time(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no canonical form")
    return value.astimezone(UTC).isoformat(timespec="microseconds")
