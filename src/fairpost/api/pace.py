"""Each API key has a token bucket: so many requests a minute, shared by all processes and machines.

The bucket is a row in PostgreSQL and one statement changes it, so the limit is the same whatever number of
processes answers. It commits on its own, before the request's work.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.http import HttpResponse

WINDOW = 60.0  # seconds
# By the primary key. A clock that went back refills nothing; a refused request takes nothing.
TAKE = """
INSERT INTO api_bucket AS b (api_key_id, tokens, at, allowed) VALUES (%(key)s, %(most)s - 1, %(now)s, true)
ON CONFLICT (api_key_id) DO UPDATE SET (tokens, at, allowed) = (
    SELECT held - CASE WHEN held >= 1 THEN 1 ELSE 0 END, greatest(b.at, %(now)s), held >= 1
    FROM (SELECT least(%(most)s, b.tokens
        + greatest(0, extract(epoch FROM %(now)s - b.at)) * %(most)s / %(window)s) AS held) AS refilled)
RETURNING tokens, allowed
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """`left` whole requests may follow at once; `wait` is seconds until one may, 0 where it may now."""

    most: int
    left: int
    wait: int

    def tell(self, response: HttpResponse) -> None:
        """Says it in the headers of draft-ietf-httpapi-ratelimit-headers."""
        full_again = math.ceil((self.most - self.left) * WINDOW / self.most)
        response["RateLimit-Policy"] = f'"key";q={self.most};w={int(WINDOW)}'
        response["RateLimit"] = f'"key";r={self.left};t={full_again}'
        if self.wait:
            response["Retry-After"] = str(self.wait)


def take(api_key_id: int, most: int, now: datetime) -> Allowance:
    """Takes one request out of the key's bucket, which holds `most` and fills up within a minute."""
    with connection.cursor() as cursor:
        values = {"key": api_key_id, "most": float(most), "now": now, "window": WINDOW}
        cursor.execute(TAKE, values)
        tokens, allowed = cursor.fetchone()
    wait = 0 if allowed else max(1, math.ceil(round((1 - tokens) * WINDOW / most, 6)))
    return Allowance(most, int(tokens), wait)
