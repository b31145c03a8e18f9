"""The same conversations as aiosmtplib with the same relay, and Postfix's own sink as a relay that is not ours."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import aiosmtplib
import pytest
from tests.builders.transport import MemoryFeed, a_mail, run, send

from fairpost.engine.ports import Mail, RelayAddress
from fairpost.engine.transport.behaviour import Behaviour, Rule
from fairpost.engine.transport.recording_sink import Recording, RecordingStore
from fairpost.engine.transport.sink import Sink

RULES = {
    "everything is taken": (),
    "some recipients are unknown": (Rule("rcpt", "person[135]@", "550 5.1.1 <x>: no such user"),),
    "all recipients are put off": (Rule("rcpt", "", "450 4.2.0 greylisted, try again"),),
    "the dot is refused": (Rule("dot", "person[24]@", "554 5.6.0 content"), Rule("dot", "person3@", "452 full")),
    "DATA is refused": (Rule("data", "person2@", "451 4.3.0 not now"),),
    "replies have several lines": (
        Rule("rcpt", "person2@", "550-5.7.1 first\r\n550 5.7.1 second"),
        Rule("dot", "person4@", "250-2.0.0 taken\r\n250 2.0.0 and queued"),
    ),
}
EXTENSIONS = [
    ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"),
    ("8BITMIME", "SMTPUTF8"),
]


def letters() -> list[Mail]:
    plain = [a_mail(n) for n in range(1, 6)]
    german = "Subject: Grüße\r\n\r\n..Punkt am Anfang\r\nSchön.\r\n".encode()
    return [
        *plain,
        a_mail(6, content=german),
        a_mail(7, recipient="jörg@example.org", content=german),
        a_mail(8, content=b"Subject: long\r\n\r\n" + (b"x" * 76 + b"\r\n") * 3000),
    ]


@pytest.mark.parametrize("extensions", EXTENSIONS, ids=["pipelining", "lock-step"])
@pytest.mark.parametrize("name", RULES)
def test_aiosmtplib_comes_to_the_same_results(name: str, extensions: tuple[str, ...], tmp_path: Path) -> None:
    behaviour = Behaviour(rules=RULES[name], extensions=extensions)

    async def ours(port: int) -> dict[int, int]:
        feed = MemoryFeed(letters())
        await send(feed, RelayAddress("127.0.0.1", port))
        assert not feed.troubles
        return feed.codes()

    async def theirs(port: int) -> dict[int, int]:
        codes = {}
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, local_hostname="localhost", start_tls=False)
        async with client:
            for mail in letters():
                codes[mail.ordinal] = await by_aiosmtplib(client, mail)
        return codes

    async def body(folder: Path, how: object) -> dict[int, int]:
        store = RecordingStore(folder)
        sink = Sink(store, behaviour=behaviour)
        port = await sink.start()
        codes: dict[int, int] = await how(port)  # type: ignore[operator]
        sink.stop()
        store.close()
        return codes

    assert run(body(tmp_path / "ours", ours)) == asyncio.run(body(tmp_path / "theirs", theirs))
    assert recorded(tmp_path / "ours") == recorded(tmp_path / "theirs")


async def by_aiosmtplib(client: aiosmtplib.SMTP, mail: Mail) -> int:
    """The code of the reply that decides about this mail."""
    recipient = mail.recipient.decode()
    options = [] if mail.recipient.isascii() else ["SMTPUTF8"]
    encoding = "ascii" if mail.recipient.isascii() else "utf-8"
    try:
        await client.mail(mail.sender.decode(), options=options, encoding=encoding)
        await client.rcpt(recipient, encoding=encoding)
        # aiosmtplib adds the dots of transparency itself
        response = await client.data(mail.content.replace(b"\r\n..", b"\r\n."))
    except aiosmtplib.SMTPResponseException as error:
        await client.rset()
        return error.code
    return response.code


def recorded(folder: Path) -> list[tuple[str, tuple[str, ...], bytes]]:
    recording = Recording(folder)
    return [(entry.sender, entry.recipients, recording.content(entry)) for entry in recording]


# Postfix's smtp-sink


@pytest.fixture
def smtp_sink() -> Iterator[tuple[RelayAddress, Path]]:
    if shutil.which("smtp-sink") is None:
        assert os.environ.get("CI") != "true", "smtp-sink is not installed (apt-get install postfix)"
        pytest.skip("smtp-sink is not installed (apt-get install postfix)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="fairpost-smtp-sink-"))
    folder.chmod(0o777)
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    dump = folder / "mails"
    command = ["smtp-sink", *user, "-8", "-D", str(dump), f"127.0.0.1:{port}", "100"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    wait_for(port)
    yield RelayAddress("127.0.0.1", port), dump
    process.terminate()
    process.wait(10)
    shutil.rmtree(folder)


def wait_for(port: int) -> None:
    end = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < end, "smtp-sink does not listen"
            time.sleep(0.02)


def test_postfix_smtp_sink_takes_every_message(smtp_sink: tuple[RelayAddress, Path]) -> None:
    relay, dump = smtp_sink
    mails = [a_mail(n) for n in range(300)]
    mails.append(a_mail(300, content=b"Subject: dots\r\n\r\n..one\r\n" + b"y\r\n" * 100))

    async def body() -> None:
        halves = (MemoryFeed(mails[:150]), MemoryFeed(mails[150:]))
        await asyncio.gather(*(send(feed, relay) for feed in halves))
        for feed in halves:
            assert set(feed.codes().values()) == {250} and not feed.troubles

    run(body())
    text = dump.read_text()
    received = {line.split("<")[1].rstrip(">") for line in text.splitlines() if line.startswith("X-Rcpt-Args:")}
    assert received == {f"person{n}@example.org" for n in range(301)}
    assert text.count("X-Rcpt-Args:") == 301
    assert "\n.one\n" in text
