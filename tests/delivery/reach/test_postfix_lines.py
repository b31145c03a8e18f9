"""Only what Postfix itself wrote is read from its log, once, wherever the log went meanwhile."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from itertools import islice

import pytest
from tests.builders.delivery import rows

from fairpost.delivery.connect import connect
from fairpost.delivery.reach import log_file
from fairpost.delivery.reach.adapter import OutOfReach, QueueRelay
from fairpost.delivery.reach.log_file import Place, lines_after
from fairpost.delivery.reach.postfix_lines import LogLines
from fairpost.delivery.reach.postfix_log import read_log
from fairpost.delivery.reach.tally import members_in
from fairpost.engine.signing.tokens import TokenIssuer
from fairpost.tenants.keyring import installation_keyring

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
CAMPAIGN = (3, 8)
ID = "4jX4k81LPBz1hkC4"
TOKEN = "a" * 48
BEGIN = "Nov 21 21:15:47 relay postfix/{} "


def line(program, rest, begin=BEGIN):
    return begin.format(f"{program}[3313]:") + rest + "\n"


def queued(queue_id=ID, token=TOKEN):
    return line("qmgr", f"{queue_id}: from=<b-{token}@bounces.test>, size=3338, nrcpt=1 (queue active)")


def tried(status, said="250 2.0.0 Ok", queue_id=ID, to="x@dest.example", dsn="2.0.0"):
    return line(
        "smtp",
        f"{queue_id}: to=<{to}>, relay=mx.dest.example[192.0.2.1]:25, conn_use=3, delay=2.8, delays=0.02/2.8/0/0,"
        f" dsn={dsn}, status={status} ({said})",
    )


def said(text):
    return [(each.queue_id, each.token, each.state) for each in LogLines({}).read(text.encode())]


@pytest.mark.parametrize(("status", "state"), [("sent", "delivered"), ("deferred", "deferred"), ("bounced", "bounced")])
def test_a_status_belongs_to_the_return_path_that_the_queue_manager_named(status, state):
    assert said(queued() + tried(status)) == [(ID, TOKEN, state)]


def test_an_expired_message_counts_as_bounced():
    text = line("qmgr", f"{ID}: from=<b-{TOKEN}@bounces.test>, status=expired, returned to sender")
    assert said(text) == [(ID, TOKEN, "bounced")]


def test_other_times_and_instances_are_read_too():
    begin = "2026-11-21T21:15:47.123456+00:00 relay postfix-out/{} "
    text = line("qmgr", f"{ID}: from=<b-{TOKEN}@b.test>, size=1, nrcpt=1 (queue active)", begin)
    text += line("lmtp", f"{ID}: to=<a@b.test>, orig_to=<c@d.test>, relay=none, delay=1, delays=0/0/0/1, dsn=2.1.5,"
                 " status=sent (ok)", begin)  # fmt: skip
    assert said(text) == [(ID, TOKEN, "delivered")]


FORGED = [
    # what a remote server says, and what an address holds
    tried("deferred", said=f"host x said: 450 {ID}: to=<a@b>, relay=r, delay=1, delays=1, dsn=2.0.0, status=sent (ok)"),
    tried("deferred", said="451 no (in reply) status=sent (250 ok)"),
]


@pytest.mark.parametrize("text", FORGED)
def test_words_of_a_remote_server_are_no_status(text):
    assert [each[2] for each in said(queued() + text)] == ["deferred"]


NOT_READ = [
    tried("deferred", to="a>,relay=x,delay=1,delays=1,dsn=2.0.0,status=sent"),
    tried("sent", to='"a>, relay=r, delay=1, delays=1, dsn=2.0.0, status=sent (x)"@b'),
    tried("sent", to="a b@c"),
    tried("sent", queue_id="ALL"),
    tried("sent", queue_id="-c"),
    tried("sent", queue_id="../../etc/x"),
    tried("sent", queue_id="A" * 21),
    line(
        "cleanup", f"{ID}: warning: header Subject: x to=<a@b>, relay=r, delay=1, delays=1, dsn=2.0.0, status=sent (x)"
    ),
    f"Nov 21 21:15:47 relay dovecot[1]: {ID}: to=<a@b>, relay=r, delay=1, delays=1, dsn=2.0.0, status=sent (ok)\n",
    f"Nov 21 21:15:47 relay app[1]: postfix/smtp[2]: {ID}: to=<a@b>, relay=r, delay=1, delays=1, dsn=2.0.0,"
    " status=sent (ok)\n",
    tried("deliverable"),
    tried("sent").rstrip("\n").partition("status=")[0] + "\n",
]


@pytest.mark.parametrize("text", NOT_READ)
def test_what_only_looks_like_a_delivery_is_not_read(text):
    assert said(queued() + text) == []


def test_a_delivery_that_never_began_only_says_so():
    text = "Nov 21 21:16:42 relay postfix/smtp[3876]: warning: open active {}: No such file or directory\n"
    assert said(queued() + text.format(ID)) == [(ID, TOKEN, "")]


# reading on


@pytest.fixture
def log(tmp_path):
    return tmp_path / "mail.log"


def read(log, place=None):
    portions = list(lines_after(log, place or Place()))
    return b"".join(data for data, _behind in portions), portions[-1][1] if portions else place


def test_lines_are_read_once_and_only_when_they_are_whole(log):
    log.write_bytes(b"one\ntwo\nthr")
    data, place = read(log)
    assert data == b"one\ntwo\n"
    log.write_bytes(b"one\ntwo\nthree\n")
    assert read(log, place)[0] == b"three\n"


def test_what_was_rotated_away_is_read_to_its_end_first(log):
    log.write_bytes(b"one\n")
    place = read(log)[1]
    with log.open("ab") as file:
        file.write(b"two\n")
    os.rename(log, log.with_name("mail.log.1"))
    log.write_bytes(b"three\n")
    data, place = read(log, place)
    assert data == b"two\nthree\n"
    assert read(log, place)[0] == b""


def test_a_log_that_was_emptied_in_place_is_read_from_its_beginning(log):
    log.write_bytes(b"one and more\n")
    place = read(log)[1]
    log.write_bytes(b"two, and longer than what was there\n")  # same file, other contents, beyond the old place
    assert read(log, place)[0] == b"two, and longer than what was there\n"
    log.write_bytes(b"3\n")
    assert read(log, read(log, place)[1])[0] == b""


def test_a_line_without_end_is_skipped_and_its_middle_is_not_taken_for_a_line(log, monkeypatch):
    monkeypatch.setattr(log_file, "CHUNK", 64)
    log.write_bytes(b"one\n" + b"x" * 63 + b"not a line" * 30)
    data, place = read(log)
    assert data == b"one\n"
    with log.open("ab") as file:
        file.write(b"end of it\ntwo\n")
    assert read(log, place)[0] == b"two\n"


def test_a_pipe_or_a_missing_file_in_its_place_keeps_nobody_waiting(log):
    with pytest.raises(OutOfReach, match="No such file"):
        read(log)
    os.mkfifo(log)
    with pytest.raises(OutOfReach, match="not a file"):
        read(log)


# into the database


@pytest.mark.django_db(transaction=True)
def test_what_the_log_says_is_kept_by_recipient_across_steps_and_restarts(log):
    tokens = TokenIssuer(installation_keyring()).for_campaign(*CAMPAIGN)
    relay = QueueRelay(5, 1, "own", "postfix", {"log": str(log)})
    ids = {ordinal: f"ABCDEF{ordinal:05d}" for ordinal in (1, 2, 3, 5000)}
    log.write_text("".join(queued(each, tokens.mail(ordinal).decode()) for ordinal, each in ids.items()))
    with connect() as own:
        read_log(own, relay, NOW)  # who is on the way is remembered
        with log.open("a") as file:
            file.write(tried("sent", queue_id=ids[1]) + tried("deferred", queue_id=ids[2], dsn="4.2.1"))
            file.write(tried("bounced", queue_id=ids[5000], dsn="5.1.1") + tried("sent", queue_id="UNKNOWN123"))
        assert read_log(own, relay, NOW) > 0
        assert read_log(own, relay, NOW) == 0

        def members(*states):
            return set(members_in(own, CAMPAIGN, relay.id, states))

        assert (members("delivered"), members("deferred"), members("bounced")) == ({1}, {2}, {5000})
        with log.open("a") as file:
            file.write(queued(ids[2], tokens.mail(2).decode()) + tried("sent", queue_id=ids[2]))
        read_log(own, relay, NOW)
        assert (members("delivered"), members("deferred")) == ({1, 2}, set())


@pytest.mark.django_db(transaction=True)
def test_a_return_path_that_was_not_made_here_counts_for_nobody(log):
    relay = QueueRelay(5, 1, "own", "postfix", {"log": str(log)})
    forged = list(islice((queued(token="b" * 48), tried("sent")), 2))
    log.write_text("".join(forged))
    with connect() as own:
        read_log(own, relay, NOW)
    assert rows("SELECT * FROM relay_outcome") == []
