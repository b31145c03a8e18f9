"""What delivery holds on one person: what they were sent, and their address in tests and in what relays said of it."""

from __future__ import annotations

import re
import zlib
from datetime import datetime
from typing import Any

from pyroaring import BitMap

from fairpost.contacts.holdings import Whom
from fairpost.delivery.plan import SHIFT
from fairpost.engine.journal.record import BODY, CRC, SIZE, TEXT

# Both by the primary keys (account_id, campaign_id, batch_no), one batch of each of the account's campaigns.
SELECT_PLANNED = "SELECT campaign_id, members FROM batch_audience WHERE account_id = %s AND batch_no = %s"
SELECT_OUTCOMES = """
    SELECT campaign_id, state, reason, members FROM batch_outcome WHERE account_id = %s AND batch_no = %s"""
SELECT_TRAIL = """
    SELECT campaign_id, batch_no, sender_id, position, records FROM journal_segment
    WHERE account_id = %s AND (batch_no = %s OR campaign_id = ANY(%s)) AND campaign_id <> ALL(%s)"""
UPDATE_TRAIL = """
    UPDATE journal_segment SET records = %s
    WHERE account_id = %s AND campaign_id = %s AND batch_no = %s AND sender_id = %s AND position = %s"""
# An address that is none cannot be written to: what is still to be sent of a test is withheld for its content.
ERASE_TESTS = """
    UPDATE test_recipient SET address = '', canonical = '', attributes = '{}'
    WHERE account_id = %s AND canonical = %s AND campaign_id <> ALL(%s) RETURNING campaign_id"""
TEXT_AT = BODY.size - TEXT  # where a record's text begins; it is the last thing before the sum


def sent_to(cursor: Any, account_id: int, ordinal: int) -> dict[int, tuple[str, str]]:
    """(state, reason) by campaign, of every campaign whose frozen audience has this contact."""
    place = [account_id, ordinal >> SHIFT]
    cursor.execute(SELECT_PLANNED, place)
    found = {number: ("pending", "") for number, members in cursor.fetchall() if ordinal in read(members)}
    cursor.execute(SELECT_OUTCOMES, place)
    for number, state, reason, members in cursor.fetchall():
        if ordinal in read(members):
            found[number] = (state, reason)
    return found


def read(members: Any) -> BitMap:
    return BitMap.deserialize(bytes(members))


def erase(cursor: Any, whom: Whom, now: datetime) -> int:
    """Bitmaps of ordinals stay: they say no more than a number that leads to nobody any more.

    The trail of campaigns that a legal hold names stays whole for as long as it is held.
    """
    held = whom.held.numbers("campaign")
    cursor.execute(ERASE_TESTS, [whom.account_id, whom.canonical, held])
    tests = [number for (number,) in cursor.fetchall()]
    changed = len(tests)
    cursor.execute(SELECT_TRAIL, [whom.account_id, -1 if whom.ordinal is None else whom.ordinal >> SHIFT, tests, held])
    for campaign, batch, sender, position, records in cursor.fetchall():
        before = zlib.decompress(bytes(records))
        after = blotted(before, {whom.canonical, whom.address})
        if after != before:
            place = [whom.account_id, campaign, batch, sender, position]
            cursor.execute(UPDATE_TRAIL, [zlib.compress(after), *place])
            changed += 1
    return changed


def blotted(records: bytes, addresses: set[str]) -> bytes:
    """Journal records with stars where one of these addresses stands in the words of a relay, sums made anew.

    A text longer than one record goes on in the next, so all texts are read as one: no address is lost at a border.
    """
    texts = [records[at + TEXT_AT : at + TEXT_AT + TEXT] for at in range(0, len(records), SIZE)]
    wanted = re.compile(b"|".join(re.escape(each.encode()) for each in addresses), re.IGNORECASE)
    joined = b"".join(texts)
    clean = wanted.sub(lambda match: b"*" * len(match[0]), joined)
    if clean == joined:
        return records
    out = bytearray(records)
    for number, at in enumerate(range(0, len(records), SIZE)):
        out[at + TEXT_AT : at + TEXT_AT + TEXT] = clean[number * TEXT : (number + 1) * TEXT]
        body = bytes(out[at : at + SIZE - CRC.size])
        out[at + SIZE - CRC.size : at + SIZE] = CRC.pack(zlib.crc32(body))
    return bytes(out)
