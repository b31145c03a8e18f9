"""How long a delivery that was not taken waits before it is tried again, and when nobody tries any more."""

from __future__ import annotations

import random
from datetime import timedelta

FIRST = timedelta(seconds=5)
LONGEST = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=3)


def pause_after(failures: int, chance: random.Random) -> timedelta:
    """5 s, 15 s, 45 s ... at most 6 hours, each shortened by chance by up to a half: so that those that failed
    together do not come back together."""
    longest = min(FIRST * 3 ** min(failures - 1, 10), LONGEST)
    return longest * chance.uniform(0.5, 1.0)
