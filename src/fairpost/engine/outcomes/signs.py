"""Gives the patterns that notices about delivery are known by, from the table `signs.csv`."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files


@cache
def sign(name: str) -> re.Pattern[str]:
    """All rows of that name as one pattern, without regard to case. Raises KeyError where there is none."""
    text = (files(__package__) / "signs.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    patterns = [row["pattern"] for row in rows if row["sign"] == name]
    if not patterns:
        raise KeyError(name)
    return re.compile("|".join(f"(?:{each})" for each in patterns), re.IGNORECASE)
