"""Private keys in the database are readable only with the installation's key ring, a file outside of it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from fairpost.engine.signing.keyring import KeyRing
from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _
from fairpost.tenants.models import DkimKey


def keyring_path() -> Path:
    configuration = settings.FAIRPOST
    return Path(configuration.keyring or Path(configuration.data_dir) / "keyring.json")


def installation_keyring() -> KeyRing:
    """The installation's key ring.

    It is made on first use, but never where keys encrypted under another one exist.
    """
    path = keyring_path()
    if not path.exists() and DkimKey.objects.exists():
        raise Unavailable(
            _("The key ring {path} is missing, and keys in the database are encrypted under it.").format(path=path),
            hint=_("Bring it back from your backup, or set FAIRPOST_KEYRING to where it is."),
        )
    return KeyRing.open(path, create=not path.exists())


def context_of(domain_name: str, selector: str) -> bytes:
    """What binds a ciphertext to its row: moved to another domain or selector it cannot be decrypted."""
    return f"dkim:{selector}._domainkey.{domain_name}".encode()
