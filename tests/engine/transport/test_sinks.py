"""The sinks keep and count exactly what came, and misbehave only as told."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import smtplib
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.builders.transport import MemoryFeed, a_mail, run, send

from fairpost.engine.ports import RelayAddress
from fairpost.engine.transport.behaviour import Behaviour, Rule
from fairpost.engine.transport.counting_sink import CountingStore, message_id_of, read_records
from fairpost.engine.transport.recording_sink import Recording, RecordingStore
from fairpost.engine.transport.sink import Sink, ask_stats
from fairpost.kernel.errors import Invalid, Unavailable


def test_counts_tell_lost_from_doubled(tmp_path: Path) -> None:
    async def body() -> dict[str, object]:
        store = CountingStore(tmp_path / "records")
        sink = Sink(store)
        port = await sink.start()
        await send(MemoryFeed([a_mail(n) for n in range(50)]), RelayAddress("127.0.0.1", port))
        await send(MemoryFeed([a_mail(n) for n in range(3)]), RelayAddress("127.0.0.1", port))
        asked = await asyncio.to_thread(ask_stats, "127.0.0.1", port)
        sink.stop()
        store.close()
        return asked

    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    stats = run(body())
    assert (stats["messages"], stats["recipients"], stats["doubled"]) == (53, 50, 3)
    records = list(read_records(tmp_path / "records"))
    assert len(records) == 53
    assert records[7].recipient == b"person7@example.org" and records[7].message_id == b"7@news.example"
    times = [record.arrived for record in records]
    assert times == sorted(times) and before < times[0] and times[-1] < before + 30


def test_a_record_that_a_crash_cut_off_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "records"
    store = CountingStore(path)
    for n in range(3):
        store.deliver(b"", [b"a@b.example"], b"Message-ID: <%d@x>\r\n\r\n" % n, 1, 5.0)
    store.close()
    whole = path.read_bytes()
    for cut in range(1, 20):
        path.write_bytes(whole[:-cut])
        assert [record.message_id for record in read_records(path)] == [b"0@x", b"1@x"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"Subject: a\r\nMessage-ID: <1@x>\r\n\r\nbody", b"1@x"),
        (b"message-id:<1@x>\r\nSubject: a\r\n\r\nbody", b"1@x"),
        (b"Subject: a\r\nMessage-Id:\r\n <1@x>\r\n\r\n", b"1@x"),
        (b"Subject: a\r\n\r\nMessage-ID: <in-body@x>\r\n", b""),
        (b"", b""),
    ],
)
def test_message_ids_are_found_in_the_header_only(content: bytes, expected: bytes) -> None:
    assert message_id_of(content) == expected


def test_a_recording_gives_back_each_message_and_its_envelope(tmp_path: Path) -> None:
    async def body() -> None:
        store = RecordingStore(tmp_path)
        sink = Sink(store)
        port = await sink.start()
        mails = [a_mail(n) for n in range(2000)]
        mails.append(a_mail(5000, recipient="jörg@example.org", content=b"Subject: x\r\n\r\n..\r\n"))
        await send(MemoryFeed(mails), RelayAddress("127.0.0.1", port))
        sink.stop()
        store.close()

    run(body())
    recording = Recording(tmp_path)
    assert len(recording) == 2001 and set(recording.recipients.values()) == {1}
    (entry,) = recording.to("Person1234@Example.ORG")
    path = recording.export(entry, tmp_path / "eml")
    assert path.suffix == ".eml" and path.read_bytes().startswith(b"Subject: Letter 1234\r\n")
    assert abs(entry.epoch - time.time()) < 60
    (dotted,) = recording.to("jörg@example.org")
    assert recording.content(dotted) == b"Subject: x\r\n\r\n.\r\n"
    assert recording.to("nobody@example.org") == []


def test_an_export_cannot_leave_its_folder(tmp_path: Path) -> None:
    store = RecordingStore(tmp_path)
    store.deliver(b"", [b"../../etc/passwd@example.org"], b"x\r\n.\r\n", 3, 1.0)
    store.close()
    recording = Recording(tmp_path)
    path = recording.export(recording.entries[0], tmp_path / "eml")
    assert path.parent == tmp_path / "eml" and "/" not in path.name


def test_smtplib_gets_along_with_the_sink() -> None:
    async def body() -> None:
        store = CountingStore()
        sink = Sink(store)
        port = await sink.start()
        await asyncio.to_thread(by_smtplib, port)
        assert store.counts == {b"a@x.example": 1, b"b@x.example": 1}
        sink.stop()

    def by_smtplib(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            assert smtp.has_extn("pipelining") or smtp.ehlo()[0] == 250
            smtp.sendmail("me@x.example", ["a@x.example", "b@x.example"], "Subject: x\n\n.\nGood day.\n")
            assert smtp.noop()[0] == 250 and smtp.rset()[0] == 250
            assert smtp.docmd("WHAT")[0] == 500 and smtp.docmd("RCPT TO:<x@y>")[0] == 503
            assert smtp.docmd("MAIL me")[0] == 501

    run(body())


def test_delays_and_limits(tmp_path: Path) -> None:
    path = tmp_path / "behaviour.json"
    rules = [{"stage": "rcpt", "match": "person1@", "reply": "451 4.3.0 later", "times": 1}]
    path.write_text(json.dumps({"rules": rules, "delay": 0.05, "close_after": 3}))
    behaviour = Behaviour.load(path)
    assert behaviour == Behaviour(
        rules=(Rule("rcpt", "person1@", "451 4.3.0 later", times=1),), delay=0.05, close_after=3
    )

    async def body() -> None:
        sink = Sink(CountingStore(), behaviour=behaviour)
        relay = RelayAddress("127.0.0.1", await sink.start())
        started = time.monotonic()
        feed = MemoryFeed([a_mail(1), a_mail(1000), a_mail(2), a_mail(3), a_mail(4)])
        feed.mails[1].recipient = b"person1@example.org"
        feed.mails[1].ordinal = 1000
        await send(feed, relay)
        assert feed.codes() == {1: 451, 1000: 250, 2: 250, 3: 250}
        assert feed.troubles[0].code == 421 and feed.came_back == [4]
        assert time.monotonic() - started > 0.15
        sink.stop()

    run(body())


@pytest.mark.parametrize("text", ["", "[]", '{"rules": [{"stage": "nowhere"}]}', '{"what": 1}', '{"rules": [{}]}',
                                  '{"rules": [{"stage": "rcpt", "match": "("}]}'])  # fmt: skip
def test_a_wrong_behaviour_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "behaviour.json"
    path.write_text(text)
    with pytest.raises(Invalid, match="behaviour.json"):
        Behaviour.load(path)


def test_a_taken_port_is_told() -> None:
    async def body() -> None:
        first = Sink(CountingStore())
        port = await first.start()
        with pytest.raises(Unavailable, match=str(port)):
            await Sink(CountingStore(), port=port).start()
        first.stop()

    run(body())


# the command


def start(*arguments: str) -> tuple[subprocess.Popen[str], int]:
    command = [sys.executable, "-c", "from fairpost.cli.sink import command; command()"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    process = subprocess.Popen(
        [*command, "--port", "0", "--json", *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())["port"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_command_counts_and_ends_with_a_summary(tmp_path: Path, how: signal.Signals) -> None:
    stats, records = tmp_path / "stats.json", tmp_path / "records"
    process, port = start("--count", "--stats", str(stats), "--records", str(records))
    run(send(MemoryFeed([a_mail(n) for n in range(20)]), RelayAddress("127.0.0.1", port)))
    assert ask_stats("127.0.0.1", port)["messages"] == 20
    process.send_signal(how)
    out, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert json.loads(out.splitlines()[-1])["messages"] == 20
    assert json.loads(stats.read_text())["recipients"] == 20
    assert len(list(read_records(records))) == 20
    with pytest.raises(Unavailable):
        ask_stats("127.0.0.1", port)


def test_the_command_records(tmp_path: Path) -> None:
    process, port = start("--record", str(tmp_path / "mails"))
    run(send(MemoryFeed([a_mail(n) for n in range(20)]), RelayAddress("127.0.0.1", port)))
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=10)
    assert json.loads(out.splitlines()[-1])["messages"] == 20
    assert len(Recording(tmp_path / "mails")) == 20


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "--record DIR or --count"),
        (["--count", "--record", "x"], "--record DIR or --count"),
        (["--count", "--port", "70000"], "70000"),
        (["--count", "--records", "/proc/nowhere/records"], "/proc/nowhere/records"),
        (["--record", "/proc/nowhere"], "/proc/nowhere"),
        (["--count", "--tls"], "--certificate"),
        (["--count", "--certificate", "/proc/none.pem"], "/proc/none.pem"),
    ],
)
def test_wrong_options_are_told_in_a_sentence(arguments: list[str], told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fairpost.runtime", "sink", *arguments], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr
