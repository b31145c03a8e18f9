"""Walks the whole chain in order, in constant memory, and says where it is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection

from fairpost.audit.chain.encoding import MOMENT, START, TEXTS, Seal, seal_hash
from fairpost.audit.chain.findings import MOST, Finding, Findings
from fairpost.audit.payload import commitment, open_payloads
from fairpost.audit.queries.heads import Head, current_head
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Unavailable

PAGE = 5000
GRACE = timedelta(seconds=10)  # a seal comes within a second
KEYS_KEPT = 10_000
COMMITMENT = 9  # its place among the columns

# By both primary keys, page by page.
SEALS = f"""
SELECT s.sequence, s.event_id, s.previous, s.hash, to_char(s.sealed_at AT TIME ZONE 'UTC', '{MOMENT}'), {TEXTS}
FROM audit_seal s LEFT JOIN audit_event e ON e.id = s.event_id
WHERE s.sequence > %s AND s.sequence <= %s ORDER BY s.sequence LIMIT %s"""
HEADS = "SELECT sequence, hash FROM audit_head WHERE sequence > %s AND sequence <= %s ORDER BY sequence"
LATE_HEADS = "SELECT sequence, hash FROM audit_head WHERE sequence > %s ORDER BY sequence LIMIT %s"
# One statement, so one snapshot: the sealer takes an event out of the queue as it seals it.
UNSEALED = """
SELECT e.id, e.at, w.event_id IS NOT NULL FROM audit_event e
LEFT JOIN audit_unsealed w ON w.event_id = e.id
WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.event_id = e.id)
AND (w.event_id IS NULL OR e.at < %s) ORDER BY e.id LIMIT %s"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked, and the findings: none means that the chain is whole.

    `sequence` and `hash` are the end of the chain (0 and 64 zeros where nothing is sealed yet). `count` is the
    number of findings, of which `findings` are the first hundred. `unopened` payloads could not be checked,
    for there is no key ring here.
    """

    sequence: int
    hash: str
    heads: int
    payloads: int
    erased: int
    unopened: int
    count: int
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Walk:
    """Where the walk is, what it has seen, and the data keys that it has unwrapped."""

    outside: Mapping[int, list[bytes]]
    sequence: int = 0
    hash: bytes = START
    agreed: int = 0  # the last sequence at which a published head was right
    heads: int = 0
    payloads: int = 0
    erased: int = 0
    unopened: int = 0
    found: Findings = field(default_factory=Findings)
    keys: dict[int, bytes | None] = field(default_factory=dict)


def verify(
    outside: Iterable[Head] = (),
    *,
    clock: Clock = SYSTEM_CLOCK,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Verdict:
    """Checks every seal, event, payload and head; `outside` are heads that somebody kept elsewhere.

    `told` hears after each page how many seals were checked, of how many.
    """
    walk = Walk(by_sequence(outside))
    end = current_head()
    total = end.sequence if end else 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(SEALS, [walk.sequence, total, PAGE])
            rows = cursor.fetchall()
            if not rows:
                break
            check_page(cursor, walk, rows)
            told(walk.sequence, total)
        check_tail(cursor, walk)
        check_unsealed(cursor, walk, clock)
    return Verdict(
        walk.sequence,
        walk.hash.hex(),
        walk.heads,
        walk.payloads,
        walk.erased,
        walk.unopened,
        walk.found.count,
        tuple(walk.found.kept),
    )


def by_sequence(heads: Iterable[Head]) -> Mapping[int, list[bytes]]:
    found: dict[int, list[bytes]] = {}
    for head in heads:
        found.setdefault(head.sequence, []).append(bytes.fromhex(head.hash))
    return found


def check_page(cursor: Any, walk: Walk, rows: list[tuple[Any, ...]]) -> None:
    first = walk.sequence
    cursor.execute(HEADS, [first, rows[-1][0]])
    heads = {sequence: [bytes(digest)] for sequence, digest in cursor.fetchall()}
    if walk.outside:
        for sequence in range(first + 1, rows[-1][0] + 1):
            heads.setdefault(sequence, []).extend(walk.outside.get(sequence, ()))
    bound = {}
    for sequence, event_id, previous, digest, sealed_at, *texts in rows:
        seal = Seal(sequence, event_id, bytes(previous), bytes(digest), sealed_at)
        check_seal(walk, seal, texts)
        check_heads(walk, seal, heads.get(sequence, []))
        if texts[0] is not None and texts[COMMITMENT] is not None:
            bound[event_id] = (sequence, texts[COMMITMENT])
    check_payloads(cursor, walk, bound)


def check_seal(walk: Walk, seal: Seal, texts: list[str | None]) -> None:
    if seal.sequence != walk.sequence + 1:
        walk.found.add("seal_missing", sequence=walk.sequence + 1, first=walk.sequence + 1, last=seal.sequence - 1)
    elif seal.previous != walk.hash:
        walk.found.add("link_broken", sequence=seal.sequence, event_id=seal.event_id)
    if texts[0] is None:
        walk.found.add("event_missing", sequence=seal.sequence, event_id=seal.event_id)
    elif seal_hash(seal.sequence, seal.previous, seal.sealed_at, texts) != seal.hash:
        walk.found.add("event_changed", sequence=seal.sequence, event_id=seal.event_id)
    walk.sequence, walk.hash = seal.sequence, seal.hash


def check_heads(walk: Walk, seal: Seal, published: list[bytes]) -> None:
    right = True
    for digest in published:
        walk.heads += 1
        right = right and digest == seal.hash
        if digest != seal.hash:
            walk.found.add("head_differs", sequence=seal.sequence, event_id=seal.event_id, first=walk.agreed + 1)
    if right and published:
        walk.agreed = seal.sequence


def check_payloads(cursor: Any, walk: Walk, bound: Mapping[int, tuple[int, str]]) -> None:
    try:
        payloads = open_payloads(cursor, bound, walk.keys)
    except Unavailable:
        walk.unopened += len(bound)
        return
    if len(walk.keys) > KEYS_KEPT:
        walk.keys.clear()
    for event_id, (sequence, committed) in bound.items():
        payload = payloads.get(event_id)
        if payload is None:
            walk.found.add("payload_missing", sequence=sequence, event_id=event_id)
        elif payload.plain is not None and commitment(payload.plain).hex() == committed:
            walk.payloads += 1
        elif payload.plain is None and not payload.altered:
            walk.erased += 1
        else:
            walk.found.add("payload_changed", sequence=sequence, event_id=event_id)


def check_tail(cursor: Any, walk: Walk) -> None:
    cursor.execute(LATE_HEADS, [walk.sequence, MOST])
    late = {sequence for sequence, _digest in cursor.fetchall()}
    late |= {sequence for sequence in walk.outside if sequence > walk.sequence}
    for sequence in sorted(late):
        walk.found.add("tail_missing", sequence=sequence, last=walk.sequence)


def check_unsealed(cursor: Any, walk: Walk, clock: Clock) -> None:
    cursor.execute(UNSEALED, [clock.now() - GRACE, MOST])
    for event_id, at, waits in cursor.fetchall():
        walk.found.add("event_unsealed" if waits else "event_forged", event_id=event_id, at=at.isoformat())
