"""Tells machines from people among hits, by what they did together; what each hit says of itself the edge knew already.

A person who follows a link is in the browser then and comes back before the next one: several links of one mail within
a second are one machine's work, all of them. Nobody sees the honeypot link: whoever follows it is a machine, and so are
the clicks of the same recipient within a minute of it. Opens are judged by the edge alone. Why nothing else counts as
a sign: docs/explanation/machine-opens.md.
"""

from __future__ import annotations

import numpy as np

from fairpost.events.hits import HONEYPOT_LINK
from fairpost.events.kinds import BURST, CLICK, HONEYPOT, PERSON

BURST_SPAN = 1_000_000  # microseconds
HONEYPOT_SPAN = 60_000_000


def machines(hits: np.ndarray, around: np.ndarray) -> np.ndarray:
    """For each of these hits (an array of HIT in any order) the code of its machine, 0 for a person; uint8.

    `around` are others, from shortly before or after, that may belong to the same doings.
    """
    codes = hits["agent"].copy()
    places = np.flatnonzero(hits["kind"] == CLICK)
    if len(places):
        found = clicks(np.concatenate((hits[places], around[around["kind"] == CLICK])))[: len(places)]
        unknown = codes[places] == PERSON
        codes[places[unknown]] = found[unknown]
    return codes


def clicks(hits: np.ndarray) -> np.ndarray:
    """The codes of clicks: HONEYPOT, BURST or PERSON."""
    order = np.lexsort((hits["at"], hits["ordinal"], hits["campaign"], hits["account"]))
    hits = hits[order]
    same = np.ones(len(hits) - 1, dtype=bool)
    for name in ("account", "campaign", "ordinal"):
        same &= hits[name][1:] == hits[name][:-1]
    at, link = hits["at"].astype(np.int64), hits["link"]
    codes = np.zeros(len(hits), dtype=np.uint8)
    codes[in_burst(at, link, same)] = BURST
    codes[near(at, link == HONEYPOT_LINK, same)] = HONEYPOT
    back = np.empty_like(codes)
    back[order] = codes
    return back


def in_burst(at: np.ndarray, link: np.ndarray, same: np.ndarray) -> np.ndarray:
    """Who has another link of the same recipient within the span; sorted by recipient and time."""
    number = len(at)
    # Runs of one recipient on one link: the nearest click on another link lies right behind or before the run.
    run_ends = np.flatnonzero(~(same & (link[1:] == link[:-1]))) + 1
    starts = np.concatenate(([0], run_ends))
    ends = np.concatenate((run_ends, [number]))
    run = np.repeat(np.arange(len(starts)), ends - starts)
    # The rows of the table before a run and behind it, where they are of the same recipient.
    joined = np.concatenate(([False], same, [False]))
    before, behind = starts[run], ends[run]
    after = joined[behind] & (at[np.minimum(behind, number - 1)] - at <= BURST_SPAN)
    return after | (joined[before] & (at - at[before - 1] <= BURST_SPAN))


def near(at: np.ndarray, marked: np.ndarray, same: np.ndarray) -> np.ndarray:
    """Who is marked, or within the span of somebody marked of the same recipient; sorted by recipient and time."""
    if not marked.any():
        return marked
    first = np.concatenate(([True], ~same))
    recipient = np.cumsum(first)
    place = np.arange(len(at))
    last = np.maximum.accumulate(np.where(marked, place, -1))
    following = np.minimum.accumulate(np.where(marked, place, len(at))[::-1])[::-1]
    found = marked.copy()
    for other, known in ((last, last >= 0), (following, following < len(at))):
        there = np.where(known, other, 0)
        found |= known & (recipient[there] == recipient) & (np.abs(at[there] - at) <= HONEYPOT_SPAN)
    return found
