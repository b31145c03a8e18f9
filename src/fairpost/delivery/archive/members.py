"""Writes and reads the sets of the archive: of a state, or of all others of its audience, whichever is smaller."""

from __future__ import annotations

import zlib
from typing import Any, NamedTuple

from pyroaring import BitMap

AUDIENCE = ""  # the state of the row that has the audience itself
CHUNK_BITS = 16


class Archived(NamedTuple):
    """One chunk of one campaign as `relay_id` (0: the sending itself) has it: (state, reason) -> who is in it."""

    audience: BitMap
    states: dict[tuple[str, str], BitMap]


def packed(members: BitMap, audience: BitMap) -> tuple[bool, bytes]:
    """(whether it is the rest of the audience, the octets). With an empty `audience` it never is."""
    others = audience - members
    rest = bool(audience) and len(others) < len(members) and members <= audience
    chosen = others if rest else members
    chosen.run_optimize()
    return rest, zlib.compress(chosen.serialize(), 6)


def unpacked(rest: bool, octets: bytes, audience: BitMap) -> BitMap:
    """What `packed` was given."""
    members = BitMap.deserialize(zlib.decompress(octets))
    return audience - members if rest else members


# By the primary key.
CHUNK = """
SELECT state, reason, rest, members FROM outcome_archive
WHERE account_id = %s AND campaign_id = %s AND chunk = %s AND (relay_id = %s OR state = '')
"""


def archived_chunk(cursor: Any, account_id: int, campaign_id: int, chunk: int, relay_id: int = 0) -> Archived | None:
    """One chunk of an archived campaign; None where it has nobody there."""
    cursor.execute(CHUNK, [account_id, campaign_id, chunk, relay_id])
    rows = [(state, reason, rest, bytes(members)) for state, reason, rest, members in cursor.fetchall()]
    audience = next((unpacked(False, octets, BitMap()) for state, _r, _rest, octets in rows if state == AUDIENCE), None)
    if audience is None:
        return None
    return Archived(
        audience,
        {(state, why): unpacked(rest, octets, audience) for state, why, rest, octets in rows if state != AUDIENCE},
    )


# By the primary key's prefix.
IN_STATE = """
SELECT o.rest, o.members, a.members FROM outcome_archive AS o JOIN outcome_archive AS a
    ON a.account_id = o.account_id AND a.campaign_id = o.campaign_id AND a.chunk = o.chunk
    AND a.relay_id = 0 AND a.state = ''
WHERE o.account_id = %s AND o.campaign_id = ANY(%s) AND o.chunk BETWEEN %s AND %s AND o.relay_id = 0 AND o.state = %s
"""


def archived_in_state(
    connection: Any, account_id: int, campaign_ids: list[int], state: str, first: int, last: int
) -> BitMap:
    """Everybody in this state of any of these campaigns, as far as they are archived, in the chunks first to last."""
    found = BitMap()
    for rest, members, audience in connection.execute(IN_STATE, [account_id, campaign_ids, first, last, state]):
        everybody = BitMap.deserialize(zlib.decompress(bytes(audience))) if rest else BitMap()
        found |= unpacked(rest, bytes(members), everybody)
    return found
