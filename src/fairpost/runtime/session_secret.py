"""The secret that signs sessions and forms comes from the key ring, so every machine has the same one."""

from __future__ import annotations

import secrets
from pathlib import Path

from fairpost.engine.signing.keyring import KeyRing
from fairpost.kernel.configuration import Configuration
from fairpost.kernel.errors import FairpostError


def session_secret(configuration: Configuration) -> str:
    """The installation's own, or one for this process only where there is no readable key ring.

    `fairpost web` makes the key ring before it starts; no other command signs a session.
    """
    path = Path(configuration.keyring or Path(configuration.data_dir) / "keyring.json")
    if path.exists():
        try:
            return KeyRing.open(path).derive("web sessions").hex()
        except (FairpostError, OSError):
            pass
    return secrets.token_hex(32)
