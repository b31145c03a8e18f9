"""What is secret in the database is readable only with the installation's key ring, a file outside of it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from fairpost.engine.signing.keyring import KeyRing
from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _

# Tables whose rows are encrypted under the ring. By name, for some belong to apps above this one.
ENCRYPTED = ("subject_key", "dkim_key", "webhook", "inbound_hook")


def keyring_path() -> Path:
    configuration = settings.FAIRPOST
    return Path(configuration.keyring or Path(configuration.data_dir) / "keyring.json")


def installation_keyring() -> KeyRing:
    """The installation's key ring, read once for as long as its file stays as it is.

    It is made on first use, but never where something in the database is encrypted under another one: raises
    `Unavailable` then.
    """
    path = keyring_path()
    try:
        status = path.stat()
    except FileNotFoundError:
        if anything_encrypted():
            raise Unavailable(
                _("The key ring {path} is missing, and keys in the database are encrypted under it.").format(path=path),
                hint=_("Bring it back from your backup, or set FAIRPOST_KEYRING to where it is."),
            ) from None
        return KeyRing.open(path, create=True)
    except OSError:
        return KeyRing.open(path)  # says what is wrong with it
    return read(path, status.st_ino, status.st_mtime_ns, status.st_mode)


@lru_cache(maxsize=4)
def read(path: Path, *_as_it_is: int) -> KeyRing:
    return KeyRing.open(path)


def anything_encrypted() -> bool:
    """Whether any row is there; a table that no migration has made yet has none."""
    with connection.cursor() as cursor:
        for table in ENCRYPTED:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
                if cursor.fetchone()[0]:
                    return True
    return False
