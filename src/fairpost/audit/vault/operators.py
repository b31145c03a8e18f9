"""Whoever acts at the machine's own command line is named in the record by a pseudonym, not by user name.

The pseudonym is random and is found again by a keyed hash of the name (HMAC-SHA256 under the key ring), which
stands beside the pseudonym's data key and is destroyed with it: after an erasure nothing leads from one to
the other, not even a guess. The next act under that name begins a new pseudonym.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from typing import Any

from fairpost.audit.vault.keys import make_key, unwrap
from fairpost.audit.vault.ring import installation_keyring


def operator_subject(cursor: Any, name: str, now: datetime) -> tuple[str, int, bytes]:
    """The pseudonym ("operator:" and 12 hexadecimal digits) with the id of its data key and that key."""
    ring = installation_keyring()
    secret = ring.derive("audit operators", key_id=ring.keys[0].id)  # the first: a rotation renames nobody
    lookup = hmac.digest(secret, name.encode(), "sha256")
    while True:
        cursor.execute("SELECT subject, id, wrapped FROM subject_key WHERE lookup = %s", [lookup])
        row = cursor.fetchone()
        if row:
            return row[0], row[1], unwrap(row[0], row[2])
        subject = f"operator:{secrets.token_hex(6)}"
        made = make_key(cursor, subject, now, lookup)
        if made:
            return subject, *made
