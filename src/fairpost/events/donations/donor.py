"""Of a donor only a keyed hash is kept: it tells one from another and names nobody without the installation's key ring.

Whoever gave an e-mail address is one donor over all platforms; without one, by the platform's own id.
"""

from __future__ import annotations

import hmac

from fairpost.contacts.addresses import canonical_form
from fairpost.engine.signing.keyring import KeyRing
from fairpost.kernel.errors import Invalid

PURPOSE = "donor of donations 1"
OCTETS = 16


def donor_key(keyring: KeyRing, account_id: int, platform: str, donor_id: str, email: str) -> bytes | None:
    """16 octets of HMAC-SHA256 under the oldest key of the ring, so that a rotation makes nobody another; or None."""
    if email:
        who = f"email\0{canonical(email)}"
    elif donor_id:
        who = f"id\0{platform}\0{donor_id}"
    else:
        return None
    key = keyring.derive(PURPOSE, key_id=keyring.keys[0].id)
    return hmac.digest(key, f"{account_id}\0{who}".encode(), "sha256")[:OCTETS]


def canonical(email: str) -> str:
    try:
        return canonical_form(email)
    except Invalid:
        return email.strip().lower()
