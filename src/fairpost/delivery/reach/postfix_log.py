"""Learns from Postfix's log what was delivered, deferred and bounced, and keeps the place up to which it was read.

What lines say and the place behind them are committed together, so every line counts once, whoever reads it and however
that ends.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from fairpost.delivery.reach.adapter import Campaign, QueueRelay
from fairpost.delivery.reach.log_file import Place, end_of, lines_after
from fairpost.delivery.reach.postfix_lines import LogLines, Told
from fairpost.delivery.reach.tally import mark
from fairpost.engine.signing.tokens import MAIL_LENGTH, RETURN_PATH_PREFIX, TokenIssuer
from fairpost.kernel.errors import Invalid
from fairpost.tenants.keyring import installation_keyring

READ = "SELECT device, inode, position, head, open_ids FROM relay_log WHERE relay_id = %s"
KEPT = """
INSERT INTO relay_log (relay_id, device, inode, position, head, open_ids, read_at) VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (relay_id) DO UPDATE SET device = EXCLUDED.device, inode = EXCLUDED.inode, position = EXCLUDED.position,
    head = EXCLUDED.head, open_ids = EXCLUDED.open_ids, read_at = EXCLUDED.read_at
"""
# Messages that were on their way when they were held, of which the log has now said how that ended.
RESOLVED = """
UPDATE relay_hold SET unresolved = ARRAY(SELECT unnest(unresolved) EXCEPT SELECT unnest(%s::text[]))
WHERE relay_id = %s AND unresolved && %s::text[]
"""


class Recipients:
    """Reads return paths back into campaign and recipient."""

    def __init__(self, now: datetime) -> None:
        self.issuer = TokenIssuer(installation_keyring())
        self.now = now

    def of(self, sender: str) -> tuple[Campaign, int] | None:
        """((account, campaign), ordinal) of a return path with or without its domain; None for what is not ours."""
        local = sender.partition("@")[0]
        if len(local) != len(RETURN_PATH_PREFIX) + MAIL_LENGTH:
            return None
        try:
            claims = self.issuer.read_address(local, self.now)
        except Invalid:
            return None
        return ((claims.account_id, claims.campaign_id), claims.ordinal) if claims.kind == "mail" else None


def log_end(relay: QueueRelay) -> Place:
    """Where this relay's log ends now. Raises OutOfReach."""
    return end_of(Path(relay.access["log"]))


def read_log(
    connection: Any, relay: QueueRelay, now: datetime, *, until: Place | None = None, seconds: float = 10.0
) -> int:
    """Reads on, for at most so many seconds; returns the bytes read. The caller holds the relay's lock.

    `connection` is in autocommit. Raises OutOfReach where the log cannot be read.
    """
    row = connection.execute(READ, [relay.id]).fetchone()
    place = Place(int(row[0]), int(row[1]), row[2], bytes(row[3])) if row else Place()
    lines = LogLines(json.loads(zlib.decompress(bytes(row[4]))) if row and row[4] else {})
    recipients = Recipients(now)
    end, count = time.monotonic() + seconds, 0
    for data, behind in lines_after(Path(relay.access["log"]), place, until):
        count += len(data)
        with connection.transaction():
            take_in(connection, relay.id, recipients, lines.read(data))
            kept = zlib.compress(json.dumps(lines.open).encode(), 1)
            connection.execute(KEPT, [relay.id, behind.device, behind.inode, behind.position, behind.head, kept, now])
        if time.monotonic() > end:
            break
    return count


def take_in(connection: Any, relay_id: int, recipients: Recipients, told: Iterator[Told]) -> None:
    last: dict[tuple[Campaign, int], str] = {}
    ended = []
    for each in told:
        ended.append(each.queue_id)
        found = recipients.of(RETURN_PATH_PREFIX + each.token) if each.token and each.state else None
        if found is not None and last.get(found) != "delivered":
            last[found] = each.state
    groups: dict[tuple[Campaign, str], list[int]] = {}
    for (campaign, ordinal), state in last.items():
        groups.setdefault((campaign, state), []).append(ordinal)
    for (campaign, state), ordinals in sorted(groups.items()):
        mark(connection, relay_id, campaign, state, ordinals)
    if ended:
        connection.execute(RESOLVED, [ended, relay_id, ended])
