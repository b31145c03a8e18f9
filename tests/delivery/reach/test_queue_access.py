"""Access to a relay's queue is plain paths and safe programs; queue ids are letters and digits and nothing else."""

from __future__ import annotations

import os

import pytest

from fairpost.delivery.reach.adapter import OutOfReach
from fairpost.delivery.reach.adapters import checked_access
from fairpost.delivery.reach.postfix_programs import HOLD, Programs, read_entry
from fairpost.delivery.reach.trail import QUEUED_AS
from fairpost.kernel.errors import Invalid

ECHO = """#!/bin/sh
cat > {folder}/stdin
printf '%s\\n' "$@" > {folder}/arguments
while read id; do echo "postsuper: $id: placed on hold" >&2; done < {folder}/stdin
echo "postsuper: STRANGER1: placed on hold" >&2
"""


@pytest.fixture
def programs(tmp_path):
    path = tmp_path / "postsuper"
    path.write_text(ECHO.format(folder=tmp_path))
    path.chmod(0o755)
    return Programs({"postsuper": str(path), "config_directory": "/etc/postfix"})


def test_ids_go_to_standard_input_and_nothing_but_ids_does(programs, tmp_path):
    hostile = ["ALL", "-d", "ABC123 ALL", "ABC123\nALL", "$(reboot)", "../../x", "ABCDEÉ", "A" * 21, "", "abc"]
    assert programs.change(HOLD, ["ABC123", "4jX4k81LPBz1hkC4", *hostile], "deferred") == {"ABC123", "4jX4k81LPBz1hkC4"}
    assert sorted((tmp_path / "stdin").read_text().split()) == ["4jX4k81LPBz1hkC4", "ABC123"]
    assert (tmp_path / "arguments").read_text().split() == ["-c", "/etc/postfix", "-h", "-", "deferred"]


def test_without_a_single_good_id_nothing_is_run(programs, tmp_path):
    assert programs.change(HOLD, ["ALL"]) == set()
    assert not (tmp_path / "stdin").exists()


def test_a_program_that_others_may_change_is_not_run(programs, tmp_path):
    (tmp_path / "postsuper").chmod(0o777)
    with pytest.raises(OutOfReach, match="others"):
        programs.change(HOLD, ["ABC123"])
    os.remove(tmp_path / "postsuper")
    with pytest.raises(OutOfReach, match="No such file"):
        programs.change(HOLD, ["ABC123"])


def test_a_program_that_fails_says_why_in_one_printable_line(programs, tmp_path):
    (tmp_path / "postsuper").write_text("#!/bin/sh\nprintf 'one\\npostsuper: fatal: \\033[31mno\\n' >&2; exit 1\n")
    with pytest.raises(OutOfReach, match=r"^postsuper failed: postsuper: fatal: \?\[31mno\.$"):
        programs.change(HOLD, ["ABC123"])


@pytest.mark.parametrize(
    "access",
    [
        {"postsuper": "postsuper"}, {"postsuper": "/usr/sbin/../bin/postsuper"}, {"postsuper": "/bin/sh"},
        {"postsuper": "/usr/sbin/postsuper -d ALL"}, {"postqueue": "/tmp/a;b/postqueue"}, {"log": "/var/log/$HOME"},
        {"log": "mail.log"}, {"config_directory": "/etc/-c"}, {"shell": "/bin/sh"}, {"log": "/var/log/mail\n.log"},
    ],
)  # fmt: skip
def test_paths_that_are_not_plain_are_refused(access):
    with pytest.raises(Invalid):
        checked_access("postfix", access, "")


def test_defaults_are_filled_in_and_secrets_without_use_refused():
    assert checked_access("postfix", {"log": "/var/log/maillog"}, "")["postsuper"] == "/usr/sbin/postsuper"
    assert checked_access("smtp", {}, "") == {}
    for kind, access, secret in (
        ("postfix", {}, "word"), ("smtp", {"log": "/x"}, ""), ("smtp", {}, "word"), ("exim", {}, ""),
        ("kumomta", {}, ""), ("kumomta", {"url": "http://127.0.0.1", "username": "a"}, ""),
        ("kumomta", {"url": "http://127.0.0.1", "username": "a:b"}, "w"),
        ("kumomta", {"url": "http://127.0.0.1"}, "a\r\nb"),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            checked_access(kind, access, secret)


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (b"2.0.0 Ok: queued as 4jX4k81LPBz1hkC4", b"4jX4k81LPBz1hkC4"),
        (b"Ok: queued as 8DEF09F6C88", b"8DEF09F6C88"),
        (b"2.0.0 Ok: queued as ALL", None),
        (b"2.0.0 Ok: queued as -d", None),
        (b"2.0.0 Ok: queued as AAAAAAAAAAAAAAAAAAAAAAAAAAAAA", None),
        (b"2.0.0 Ok", None),
    ],
)
def test_a_queue_id_is_read_from_the_reply(reply, found):
    said = QUEUED_AS.search(reply)
    assert (said[1] if said else None) == found


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b'{"queue_id": "ALL", "queue_name": "hold", "sender": "x"}', b'{"queue_id": "ABC123"}']
)
def test_a_line_of_the_listing_that_is_none_is_left_out(line):
    assert list(read_entry(line)) == []
