"""A key ring keeps an installation's secret keys in one private file, whole and readable after a rotation.

Everything secret hangs on it: stored DKIM keys are encrypted under it and tokens are made with keys derived
from it. The file is JSON, mode 0600. Several keys lie in it, the newest is current; old ones stay, because
what they encrypted and the tokens they made must stay readable.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fairpost.kernel.clock import Clock, SystemClock
from fairpost.kernel.errors import Conflict, Invalid, Unavailable
from fairpost.kernel.text import _

FILE_VERSION = 1
BOX_VERSION = 1
SECRET_OCTETS = 32
NONCE_OCTETS = 12
MOST_KEYS = 255  # a key's id is one octet in everything that is made with it


@dataclass(frozen=True, slots=True)
class Key:
    """One secret of the ring. `id` is 1 to 255 and grows; `created` is UTC."""

    id: int
    created: datetime
    secret: bytes

    def __repr__(self) -> str:
        return f"Key(id={self.id}, created={self.created.isoformat()})"


class KeyRing:
    """The keys of one installation, read from their file once and again when a newer key turns up.

    Made by `open`. Every process of an installation opens the same file (or a copy of it on another
    machine).
    """

    def __init__(self, path: Path, keys: dict[int, Key], clock: Clock, changed: int = 0) -> None:
        self.path = path
        self._keys = keys
        self._clock = clock
        self._changed = changed

    @classmethod
    def open(cls, path: Path, create: bool = False, clock: Clock | None = None) -> KeyRing:
        """The key ring in `path`; with `create`, a missing one is made with one fresh key.

        Two processes that create at once end up with the same ring. Raises Unavailable where there is no
        file, Invalid where it is no key ring or others may read it.
        """
        clock = clock or SystemClock()
        path = Path(path)
        if create and not path.exists():
            first = Key(1, clock.now(), secrets.token_bytes(SECRET_OCTETS))
            _write(path, {1: first}, replace=False)
        keys, changed = _read(path)
        return cls(path, keys, clock, changed)

    @property
    def current_id(self) -> int:
        """The id of the newest key, which everything new is made with."""
        return max(self._keys)

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys, oldest first."""
        return tuple(self._keys[each] for each in sorted(self._keys))

    def rotate(self) -> int:
        """Adds a fresh key, makes it current and returns its id; what older keys made stays readable."""
        with _locked(self.path.parent):
            keys, _changed = _read(self.path)
            fresh = max(keys) + 1
            if fresh > MOST_KEYS:
                raise Conflict(_("The key ring {path} is full ({most} keys).").format(path=self.path, most=MOST_KEYS))
            keys[fresh] = Key(fresh, self._clock.now(), secrets.token_bytes(SECRET_OCTETS))
            _write(self.path, keys, replace=True)
        self._keys, self._changed = _read(self.path)
        return fresh

    def encrypt(self, plain: bytes, context: bytes) -> bytes:
        """`plain` under the current key (AES-256-GCM): format octet, key id, nonce, ciphertext and tag.

        `context` says what this is and whose (such as b"dkim:account 3:example.org"); it is authenticated,
        not stored, so that a value moved to another place cannot be read there.
        """
        head = bytes((BOX_VERSION, self.current_id))
        nonce = secrets.token_bytes(NONCE_OCTETS)
        return head + nonce + self._box(self.current_id).encrypt(nonce, plain, head + context)

    def decrypt(self, sealed: bytes, context: bytes) -> bytes:
        """What was given to `encrypt` with this context; raises Invalid where it was altered or moved."""
        if len(sealed) < 2 + NONCE_OCTETS + 16 or sealed[0] != BOX_VERSION:
            raise Invalid(_("This value was not encrypted by a key ring of this version."))
        head, nonce, rest = sealed[:2], sealed[2 : 2 + NONCE_OCTETS], sealed[2 + NONCE_OCTETS :]
        try:
            return self._box(sealed[1]).decrypt(nonce, rest, head + context)
        except InvalidTag:
            raise Invalid(
                _("An encrypted value was altered, or belongs to another place than where it was found."),
                hint=_("Restore it from a backup, or make it anew."),
            ) from None

    def derive(self, purpose: str, *, key_id: int | None = None, length: int = 32) -> bytes:
        """A key of `length` octets for one purpose (HKDF-SHA256, RFC 5869), the same in every process.

        `key_id` None means the current key. Raises Invalid for an id that the ring does not hold.
        """
        secret = self._key(self.current_id if key_id is None else key_id).secret
        return HKDF(SHA256(), length, b"fairpost key ring 1", purpose.encode()).derive(secret)

    def _box(self, key_id: int) -> AESGCM:
        return AESGCM(self.derive("encrypt", key_id=key_id))

    def _key(self, key_id: int) -> Key:
        if key_id not in self._keys and _changed(self.path) != self._changed:
            self._keys, self._changed = _read(self.path)
        try:
            return self._keys[key_id]
        except KeyError:
            raise Invalid(
                _("The key ring {path} holds no key {id}.").format(path=self.path, id=key_id),
                hint=_("Use the key ring of the installation that made this value."),
            ) from None


def _read(path: Path) -> tuple[dict[int, Key], int]:
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            raw = file.read()
    except FileNotFoundError:
        raise Unavailable(
            _("There is no key ring at {path}.").format(path=path),
            hint=_("Set FAIRPOST_KEYRING to the installation's key ring, or restore it from a backup."),
        ) from None
    except OSError as error:
        raise Unavailable(
            _("The key ring {path} cannot be read: {error}.").format(path=path, error=error.strerror)
        ) from error
    if status.st_mode & 0o077:
        raise Invalid(
            _("Others on this machine may read the key ring {path} (mode {mode:o}).").format(
                path=path, mode=status.st_mode & 0o777
            ),
            hint=_("Run: chmod 600 {path}").format(path=path),
        )
    return _parsed(path, raw), status.st_mtime_ns


def _parsed(path: Path, raw: bytes) -> dict[int, Key]:
    try:
        held = json.loads(raw)
        if held["version"] != FILE_VERSION:
            raise ValueError("version")
        keys = {
            int(each["id"]): Key(
                int(each["id"]),
                datetime.fromisoformat(each["created"]),
                base64.b64decode(each["secret"], validate=True),
            )
            for each in held["keys"]
        }
        if not keys or not all(0 < each <= MOST_KEYS for each in keys):
            raise ValueError("ids")
        if any(len(key.secret) != SECRET_OCTETS for key in keys.values()):
            raise ValueError("secrets")
    except (ValueError, KeyError, TypeError):
        raise Invalid(
            _("The file {path} is no key ring of this version, or it is damaged.").format(path=path),
            hint=_("Restore it from a backup; without it stored keys and sent links cannot be read."),
        ) from None
    return keys


def _write(path: Path, keys: dict[int, Key], replace: bool) -> None:
    """Writes the whole file at once and durably; without `replace` an existing file wins."""
    held = {
        "version": FILE_VERSION,
        "keys": [
            {"id": k.id, "created": k.created.isoformat(), "secret": base64.b64encode(k.secret).decode()}
            for k in keys.values()
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(held, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(draft, path)
        else:
            try:
                os.link(draft, path)
            except FileExistsError:
                return
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _changed(path: Path) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Holds the folder's lock, so that two rotations do not lose one key."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
