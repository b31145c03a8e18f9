"""What a check found: how bad it is, in one sentence, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """`mend` is empty where nothing needs mending."""

    check: str
    level: Literal["ok", "warning", "error"]
    says: str
    mend: str = ""
