"""SMTP smuggling: nothing in a message can end it early, on either side, however it is cut into packets."""

from __future__ import annotations

import asyncio
import itertools
import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.transport import MemoryFeed, ScriptedRelay, a_mail, run, send

from fairpost.engine.outcomes.replies import classify
from fairpost.engine.transport.content import check_content
from fairpost.engine.transport.counting_sink import CountingStore
from fairpost.engine.transport.recording_sink import Recording, RecordingStore
from fairpost.engine.transport.sink import Sink

ENDS = [b"\n", b"\r", b"\r\n"]
SMUGGLED = b"MAIL FROM:<boss@bank.example>\r\nRCPT TO:<victim@example.org>\r\nDATA\r\nPay.\r\n"
DOTS = [before + b"." + after for before, after in itertools.product(ENDS, ENDS)]


@pytest.mark.parametrize("dot", DOTS, ids=repr)
def test_no_kind_of_lone_dot_leaves_the_client(dot: bytes) -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await relay.until_closed()

    async def body() -> None:
        content = b"Subject: x\r\n\r\nHello" + dot + SMUGGLED
        feed = MemoryFeed([a_mail(1, content=content)])
        scripted = ScriptedRelay(script)
        async with scripted as address:
            await send(feed, address)
        reply, handed_over = feed.outcomes[1]
        assert (reply.code, reply.enhanced, handed_over) == (554, (5, 6, 0), False)
        assert not classify(reply).final
        assert b"MAIL" not in scripted.heard and ("permit", 1) not in feed.calls

    run(body())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b".",
        b".\r\n",
        b"no line end",
        b"ends with LF\n",
        b"ends with CR\r",
        b"a\r\nends without\r\nline end",
        b"a\r\r\nb\r\n",
        b"a\r\n\nb\r\n",
        b"a\n\r\nb\r\n",
        b"\nb\r\n",
        b"a\r\n.\r\n",
    ],
    ids=repr,
)
def test_content_with_bare_or_missing_line_ends_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        check_content(content)


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"..", b"a"]), max_size=12).map(b"".join))
def test_what_is_let_through_has_one_end_in_every_reading(content: bytes) -> None:
    try:
        check_content(content)
    except ValueError:
        return
    for reading in (content, content.replace(b"\r\n", b"\n"), content.replace(b"\r\n", b"\r")):
        padded = b"\n" + reading
        assert not any(end_a + b"." + end_b in padded for end_a in (b"\n", b"\r") for end_b in (b"\n", b"\r"))
    assert content.endswith(b"\r\n")
    assert content.replace(b"\r\n", b"").count(b"\r") + content.replace(b"\r\n", b"").count(b"\n") == 0


def speak(port: int, *pieces: bytes, pause: float = 0.02) -> list[bytes]:
    """Writes pieces one packet each; gives back the lines of all replies."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(0.3)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        data = b""
        try:
            while chunk := connection.recv(65536):
                data += chunk
        except TimeoutError:
            pass
    return data.split(b"\r\n")[:-1]


ENVELOPE = b"HELO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"


@pytest.mark.parametrize("dot", [dot for dot in DOTS if dot != b"\r\n.\r\n"], ids=repr)
def test_only_crlf_dot_crlf_ends_a_message_at_the_sink(dot: bytes) -> None:
    async def body() -> None:
        store = CountingStore()
        sink = Sink(store)
        port = await sink.start()
        content = b"Subject: x\r\n\r\nHello" + dot + SMUGGLED + b"\r\n.\r\nQUIT\r\n"
        await asyncio.to_thread(speak, port, ENVELOPE, content)
        assert store.counts == {b"c@d.example": 1}
        sink.stop()

    run(body())


@pytest.mark.parametrize("cut", range(1, 6))
@pytest.mark.parametrize("recording", [False, True])
def test_a_terminator_split_over_packets_ends_the_message_once(cut: int, recording: bool, tmp_path) -> None:
    text = b"Subject: x\r\n\r\nHello\r\n.\r\n"
    first, second = text[: -6 + cut], text[-6 + cut :]

    async def body() -> None:
        store = RecordingStore(tmp_path) if recording else CountingStore()
        sink = Sink(store)
        port = await sink.start()
        replies = await asyncio.to_thread(speak, port, ENVELOPE, first, second, b"QUIT\r\n")
        assert [line[:3] for line in replies] == [b"220", b"250", b"250", b"250", b"354", b"250", b"221"]
        assert store.messages == 1
        sink.stop()
        store.close()

    run(body())
    if recording:
        stored = Recording(tmp_path)
        assert stored.content(stored.entries[0]) == b"Subject: x\r\n\r\nHello\r\n"


def test_a_terminator_that_comes_octet_by_octet() -> None:
    async def body() -> None:
        store = CountingStore()
        sink = Sink(store)
        port = await sink.start()
        text = b"x\r\n.\r.\r\n..\r\n.\n.\r\n\r\n.\r\nQUIT\r\n"
        replies = await asyncio.to_thread(speak, port, ENVELOPE, *(bytes([octet]) for octet in text), pause=0.003)
        assert store.messages == 1 and replies[-1].startswith(b"221")
        sink.stop()

    run(body())


def test_an_empty_message_ends_at_its_first_line() -> None:
    async def body() -> None:
        store = CountingStore()
        sink = Sink(store)
        port = await sink.start()
        await asyncio.to_thread(speak, port, ENVELOPE, b".\r\n", b"QUIT\r\n")
        assert store.messages == 1
        sink.stop()

    run(body())
