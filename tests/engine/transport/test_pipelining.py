"""One round trip per message: the content, its dot and the next envelope leave together, in the order promised."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.builders.transport import EHLO, QUICK, MemoryFeed, ScriptedRelay, a_mail, run, send

from fairpost.engine.ports import RelayAddress
from fairpost.engine.transport.behaviour import GOOD, Behaviour, Rule
from fairpost.engine.transport.client import SmtpClient
from fairpost.engine.transport.counting_sink import CountingStore
from fairpost.engine.transport.greeting import read_capabilities
from fairpost.engine.transport.recording_sink import Recording, RecordingStore
from fairpost.engine.transport.sink import Sink
from fairpost.engine.transport.timeouts import Timeouts


async def to_sink(feed: MemoryFeed, behaviour: Behaviour = GOOD, **relay: object) -> CountingStore:
    store = CountingStore()
    sink = Sink(store, behaviour=behaviour)
    port = await sink.start()
    await send(feed, RelayAddress("127.0.0.1", port, **relay))
    sink.stop()
    return store


def test_every_message_arrives_once_and_is_accepted() -> None:
    async def body() -> None:
        feed = MemoryFeed([a_mail(n) for n in range(1, 501)])
        store = await to_sink(feed)
        assert set(feed.codes().values()) == {250} and len(feed.outcomes) == 500
        assert store.counts == {b"person%d@example.org" % n: 1 for n in range(1, 501)}

    run(body())


def test_content_dot_and_next_envelope_come_before_any_reply_to_the_dot() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await relay.hear(b"DATA\r\n")
        await relay.say(b"250 ok\r\n250 ok\r\n354 go\r\n")
        group = await relay.hear(b"DATA\r\n")  # without having answered the dot of the first
        assert b"\r\n.\r\nMAIL FROM:<bounce@news.example>\r\nRCPT TO:<person2@example.org>\r\nDATA\r\n" in group
        await relay.say(b"250 queued 1\r\n250 ok\r\n250 ok\r\n354 go\r\n")
        await relay.hear(b"\r\n.\r\n")
        await relay.say(b"250 2.0.0 Ok: queued as 2\r\n")
        await relay.hear(b"QUIT\r\n")
        await relay.say(b"221 bye\r\n")

    async def body() -> None:
        feed = MemoryFeed([a_mail(1), a_mail(2)])
        async with ScriptedRelay(script) as address:
            await send(feed, address)
        assert feed.codes() == {1: 250, 2: 250}
        assert feed.outcomes[2][0].text == "2.0.0 Ok: queued as 2"
        assert feed.outcomes[2][0].enhanced == (2, 0, 0)

    run(body())


def test_the_next_message_is_made_before_the_gate_is_asked() -> None:
    async def body() -> None:
        feed = MemoryFeed([a_mail(1), a_mail(2)])
        await to_sink(feed)
        assert feed.calls[:4] == [("next", 1), ("next", 2), ("permit", 1), ("outcome", 1)]

    run(body())


def test_without_pipelining_each_command_waits_for_its_reply() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet(b"250-relay\r\n250 8BITMIME\r\n")
        for _ in range(2):
            for command, reply in ((b"MAIL", b"250 ok"), (b"RCPT", b"250 ok"), (b"DATA", b"354 go")):
                assert (await relay.hear(b"\r\n")).startswith(command)
                assert await relay.silence(0.05), "more than one command before its reply"
                await relay.say(reply + b"\r\n")
            await relay.hear(b"\r\n.\r\n")
            assert await relay.silence(0.05)
            await relay.say(b"250 ok\r\n")
        assert await relay.hear(b"\r\n") == b"QUIT\r\n"

    async def body() -> None:
        feed = MemoryFeed([a_mail(1), a_mail(2)])
        async with ScriptedRelay(script) as address:
            await send(feed, address)
        assert feed.codes() == {1: 250, 2: 250}

    run(body())


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
def test_a_refused_recipient_does_not_disturb_the_others(extensions: tuple[str, ...]) -> None:
    rules = (
        Rule("rcpt", match="person[25]@", reply="550 5.1.1 no such user"),
        Rule("rcpt", match="person3@", reply="450 4.2.0 greylisted"),
    )

    async def body() -> None:
        feed = MemoryFeed([a_mail(n) for n in range(1, 7)])
        store = await to_sink(feed, Behaviour(rules=rules, extensions=extensions))
        assert feed.codes() == {1: 250, 2: 550, 3: 450, 4: 250, 5: 550, 6: 250}
        assert feed.outcomes[2][0].stage == "rcpt" and feed.outcomes[2][0].enhanced == (5, 1, 1)
        assert not feed.outcomes[2][1], "nothing was handed over"
        assert ("permit", 2) not in feed.calls
        assert sorted(store.counts) == [b"person1@example.org", b"person4@example.org", b"person6@example.org"]

    run(body())


def test_a_lone_dot_ends_a_transaction_that_got_354_without_a_recipient() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await relay.hear(b"DATA\r\n")
        await relay.say(b"250 ok\r\n550 5.1.1 no\r\n354 go on all the same\r\n")
        group = await relay.hear(b"DATA\r\n")
        assert group.startswith(b".\r\nMAIL FROM:")
        await relay.say(b"554 no valid recipients\r\n250 ok\r\n250 ok\r\n354 go\r\n")
        await relay.hear(b"\r\n.\r\n")
        await relay.say(b"250 ok\r\n")
        await relay.until_closed()

    async def body() -> None:
        feed = MemoryFeed([a_mail(1), a_mail(2)])
        async with ScriptedRelay(script) as address:
            await send(feed, address)
        assert feed.codes() == {1: 550, 2: 250}
        assert not feed.troubles

    run(body())


def test_a_refused_data_is_followed_by_rset() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await relay.hear(b"DATA\r\n")
        await relay.say(b"250 ok\r\n250 ok\r\n451 4.3.0 not now\r\n")
        group = await relay.hear(b"DATA\r\n")
        assert group.startswith(b"RSET\r\nMAIL FROM:")
        await relay.say(b"250 reset\r\n250 ok\r\n250 ok\r\n354 go\r\n")
        await relay.hear(b"\r\n.\r\n")
        await relay.say(b"250 ok\r\n")
        await relay.until_closed()

    async def body() -> None:
        feed = MemoryFeed([a_mail(1), a_mail(2)])
        async with ScriptedRelay(script) as address:
            await send(feed, address)
        assert feed.codes() == {1: 451, 2: 250}
        assert feed.outcomes[1][0].stage == "data" and not feed.outcomes[1][1]

    run(body())


def test_helo_where_ehlo_is_unknown() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet(b"502 5.5.2 what?\r\n")
        assert await relay.hear(b"\r\n") == b"HELO localhost\r\n"
        await relay.say(b"250 hello\r\n")
        for reply in (b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
            await relay.hear(b"\r\n")
            await relay.say(reply)
        await relay.hear(b"\r\n.\r\n")
        await relay.say(b"250 ok\r\n")
        await relay.until_closed()

    async def body() -> None:
        feed = MemoryFeed([a_mail(1)])
        async with ScriptedRelay(script) as address:
            await send(feed, address)
        assert feed.codes() == {1: 250}

    run(body())


def test_a_new_connection_after_so_many_messages() -> None:
    async def body() -> None:
        feed = MemoryFeed([a_mail(n) for n in range(1, 11)])
        store = await to_sink(feed, Behaviour(close_after=3), max_messages=3)
        assert set(feed.codes().values()) == {250} and len(store.counts) == 10
        assert not feed.troubles, "the cap was kept, so the relay had no reason to answer 421"

    run(body())


def test_an_idle_connection_says_quit_and_comes_back_when_there_is_work() -> None:
    async def body() -> None:
        store = CountingStore()
        sink = Sink(store)
        relay = RelayAddress("127.0.0.1", await sink.start())
        feed = MemoryFeed([a_mail(1)])
        client = SmtpClient(relay, feed, timeouts=Timeouts(idle=0.1, quit=0.5))
        assert await client.open()
        async with asyncio.timeout(5):
            while client.state != "parked":
                await asyncio.sleep(0.01)
            assert not feed.troubles and not feed.is_closed
            feed.add(a_mail(2))
            client.wake()
            await feed.settled.wait()
        assert feed.codes() == {1: 250, 2: 250}
        client.close()
        async with asyncio.timeout(5):
            while not feed.is_closed:
                await asyncio.sleep(0.01)
        sink.stop()

    run(body())


def test_wake_takes_up_work_on_an_idle_connection() -> None:
    async def body() -> None:
        sink = Sink(CountingStore())
        relay = RelayAddress("127.0.0.1", await sink.start())
        feed = MemoryFeed()
        client = SmtpClient(relay, feed, timeouts=QUICK)
        assert await client.open()
        assert client.state == "idle"
        feed.add(a_mail(1))
        client.wake()
        assert client.state == "sending" and client.current is not None
        async with asyncio.timeout(5):
            await feed.settled.wait()
        client.abort()
        assert feed.codes() == {1: 250} and feed.is_closed and client.state == "closed"
        sink.stop()

    run(body())


def test_parameters_for_eight_bit_content_and_international_addresses() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await relay.hear(b"DATA\r\n")
        await relay.say(b"250 ok\r\n250 ok\r\n354 go\r\n")
        await relay.hear(b"\r\n.\r\n")
        await relay.say(b"250 ok\r\n")
        await relay.until_closed()

    async def body() -> None:
        mail = a_mail(1, recipient="jörg@example.org", content="Subject: Grüße\r\n\r\nJa.\r\n".encode())
        scripted = ScriptedRelay(script)
        async with scripted as address:
            await send(MemoryFeed([mail]), address)
        assert b"MAIL FROM:<bounce@news.example> BODY=8BITMIME SMTPUTF8\r\n" in scripted.heard
        assert "RCPT TO:<jörg@example.org>\r\n".encode() in scripted.heard

    run(body())


def test_what_the_relay_cannot_take_is_not_handed_over() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet(b"250-relay\r\n250-PIPELINING\r\n250 SIZE 100\r\n")
        await relay.until_closed()

    async def body() -> None:
        mails = [
            a_mail(1, recipient="jörg@example.org"),
            a_mail(2, content="Subject: Grüße\r\n\r\nJa.\r\n".encode()),
            a_mail(3, content=b"Subject: long\r\n\r\n" + b"x\r\n" * 100),
        ]
        feed = MemoryFeed(mails)
        scripted = ScriptedRelay(script)
        async with scripted as address:
            await send(feed, address)
        assert {n: reply.enhanced for n, (reply, _) in feed.outcomes.items()} == {
            1: (5, 6, 7), 2: (5, 6, 3), 3: (5, 3, 4)
        }  # fmt: skip
        assert not any(handed_over for _, handed_over in feed.outcomes.values())
        assert b"MAIL" not in scripted.heard

    run(body())


def test_a_large_message_leaves_before_the_gate_is_asked_for_its_dot() -> None:
    asked_at: list[int] = []

    async def body() -> None:
        size = 8_000_000
        body_text = b"Subject: large\r\n\r\n" + (b"y" * 76 + b"\r\n") * (size // 78)
        stalled = asyncio.Event()

        async def script(relay: ScriptedRelay) -> None:
            await relay.greet()
            await relay.hear(b"DATA\r\n")
            await relay.say(b"250 ok\r\n250 ok\r\n354 go\r\n")
            await asyncio.sleep(0.2)  # does not read; the gate must not have been asked
            asked_at.append(len([c for c in feed.calls if c[0] == "permit"]))
            stalled.set()
            got = 0
            while got < len(body_text) + 3:
                got += len(await relay.reader.read(1 << 20))
            await relay.say(b"250 ok\r\n")
            await relay.until_closed()

        feed = MemoryFeed([a_mail(1, content=body_text)])
        async with ScriptedRelay(script) as address:
            await send(feed, address)
        assert asked_at == [0]
        assert feed.codes() == {1: 250}

    run(body())


def test_content_arrives_word_for_word(tmp_path: Path) -> None:
    stuffed = b"Subject: dots\r\n\r\n..one\r\n....three\r\nplain.\r\n"

    async def body() -> None:
        store = RecordingStore(tmp_path)
        sink = Sink(store)
        port = await sink.start()
        await send(MemoryFeed([a_mail(1, content=stuffed)]), RelayAddress("127.0.0.1", port))
        sink.stop()
        store.close()

    run(body())
    recording = Recording(tmp_path)
    (entry,) = recording.to("person1@example.org")
    assert recording.content(entry) == b"Subject: dots\r\n\r\n.one\r\n...three\r\nplain.\r\n"
    assert entry.sender == "bounce@news.example"


def test_what_ehlo_offers_is_understood() -> None:
    text = b"\n".join(line[4:] for line in EHLO.split(b"\r\n") if line)
    capabilities = read_capabilities(text + b"\nSIZE 1000\nAUTH=PLAIN LOGIN\nAUTH PLAIN XOAUTH2\nSTARTTLS\n\nX-Y z")
    assert capabilities.pipelining and capabilities.eightbit and capabilities.smtputf8 and capabilities.starttls
    assert capabilities.size == 1000
    assert capabilities.auth == {"PLAIN", "LOGIN", "XOAUTH2"}
