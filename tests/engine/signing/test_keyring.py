"""The key ring keeps its secrets private, whole and readable after rotation."""

from __future__ import annotations

import json
import threading

import pytest

from fairpost.engine.signing.keyring import MOST_KEYS, KeyRing
from fairpost.kernel.errors import Conflict, Invalid, Unavailable


@pytest.fixture
def path(tmp_path):
    return tmp_path / "private" / "keyring.json"


@pytest.fixture
def ring(path):
    return KeyRing.open(path, create=True)


def test_a_missing_ring_is_said_and_not_made(path):
    with pytest.raises(Unavailable, match="no key ring at"):
        KeyRing.open(path)
    assert not path.exists()


def test_the_file_is_private_and_nothing_else_is_left_beside_it(ring, path):
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["keyring.json"]


def test_processes_that_create_at_once_share_one_ring(path):
    rings: list[KeyRing] = []
    threads = [threading.Thread(target=lambda: rings.append(KeyRing.open(path, True))) for _ in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({ring.derive("x") for ring in rings}) == 1


def test_a_ring_that_others_may_read_is_refused(ring, path):
    path.chmod(0o640)
    with pytest.raises(Invalid, match="chmod 600"):
        KeyRing.open(path)


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"version": 1, "keys": []}', b'{"version": 9}'])
def test_a_damaged_file_is_said_and_never_replaced(ring, path, damage):
    path.write_bytes(damage)
    with pytest.raises(Invalid, match="damaged"):
        KeyRing.open(path, create=True)
    assert path.read_bytes() == damage


def test_a_short_secret_is_refused(ring, path):
    held = json.loads(path.read_text())
    held["keys"][0]["secret"] = "AAAA"
    path.write_text(json.dumps(held))
    with pytest.raises(Invalid):
        KeyRing.open(path)


def test_what_was_encrypted_comes_back_only_in_its_context(ring):
    sealed = ring.encrypt(b"secret", b"account 1")
    assert ring.decrypt(sealed, b"account 1") == b"secret"
    with pytest.raises(Invalid):
        ring.decrypt(sealed, b"account 2")


def test_every_altered_octet_is_noticed(ring):
    sealed = ring.encrypt(b"secret", b"here")
    for at in range(len(sealed)):
        altered = bytearray(sealed)
        altered[at] ^= 1
        with pytest.raises(Invalid):
            ring.decrypt(bytes(altered), b"here")
    for length in range(len(sealed)):
        with pytest.raises(Invalid):
            ring.decrypt(sealed[:length], b"here")


def test_the_same_plain_text_never_encrypts_alike(ring):
    assert ring.encrypt(b"a", b"") != ring.encrypt(b"a", b"")


def test_old_values_stay_readable_after_rotation_and_new_ones_use_the_new_key(ring, path):
    old, derived = ring.encrypt(b"old", b"c"), ring.derive("p")
    assert ring.rotate() == 2
    assert ring.current_id == 2
    again = KeyRing.open(path)
    assert again.decrypt(old, b"c") == b"old"
    assert again.encrypt(b"new", b"c")[1] == 2
    assert again.derive("p", key_id=1) == derived != again.derive("p")


def test_a_process_that_opened_the_ring_before_a_rotation_reads_the_new_key(ring, path):
    other = KeyRing.open(path)
    ring.rotate()
    assert other.decrypt(ring.encrypt(b"new", b"c"), b"c") == b"new"


def test_rotations_from_two_processes_lose_no_key(ring, path):
    other = KeyRing.open(path)
    assert [ring.rotate(), other.rotate(), ring.rotate()] == [2, 3, 4]
    assert [key.id for key in KeyRing.open(path).keys] == [1, 2, 3, 4]


def test_a_full_ring_refuses_to_rotate(ring, path):
    held = json.loads(path.read_text())
    held["keys"][0]["id"] = MOST_KEYS
    path.write_text(json.dumps(held))
    with pytest.raises(Conflict, match="full"):
        KeyRing.open(path).rotate()


def test_purposes_and_lengths_give_unlike_keys(ring):
    assert ring.derive("a") != ring.derive("b")
    assert len(ring.derive("a", length=64)) == 64


def test_an_unknown_key_id_is_said(ring):
    with pytest.raises(Invalid, match="holds no key 9"):
        ring.derive("a", key_id=9)


def test_no_secret_shows_in_a_representation(ring):
    assert ring.keys[0].secret.hex() not in repr(ring.keys)
    assert "secret" not in repr(ring.keys[0])
