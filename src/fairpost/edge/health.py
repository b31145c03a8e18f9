"""`/healthz`: how far this edge is, for whoever watches it. 200 as long as it can take what comes, database or not."""

from __future__ import annotations

import json

from fairpost.edge.answers import PRIVATE, Answer
from fairpost.edge.desk import FRESH, Desk
from fairpost.kernel.errors import FairpostError


def health(desk: Desk) -> Answer:
    """JSON: `links_age` and `folded_age` in seconds (null: never yet), `hits_behind` in octets not folded yet.

    `folding` says whether the database was reached a moment ago, `alone` whether unsubscribes are acknowledged without
    it now, `not_recorded` how many hits the disk refused since this process began.
    """
    try:
        ready = desk.issuer is not None
    except FairpostError:
        ready = False
    age = desk.promise.database_age()
    told = {
        "status": "ok" if ready else "no key ring",
        "folding": age is not None and age < FRESH,
        "alone": desk.promise.is_over(),
        "folded_age": rounded(age),
        "links_age": rounded(desk.promise.links_age()),
        "hits_behind": desk.promise.hits_behind,
        "not_recorded": desk.not_recorded,
    }
    headers = (*PRIVATE, (b"content-type", b"application/json"))
    return Answer(200 if ready else 503, headers, json.dumps(told).encode())


def rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
