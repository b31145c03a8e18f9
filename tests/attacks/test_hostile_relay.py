"""A relay that closes, stalls, answers out of order, refuses everything or never stops: no message is lost or doubled.

`send` and `MemoryFeed` check in every test that each mail given out has exactly one end, that `trouble` comes at most
once and before `closed`, and that nothing was handed over without a permit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.builders.transport import EHLO, HELLO, QUICK, MemoryFeed, ScriptedRelay, a_mail, run, send

from fairpost.engine.outcomes.replies import classify
from fairpost.engine.ports import RelayAddress
from fairpost.engine.transport.behaviour import Behaviour, Rule
from fairpost.engine.transport.client import SmtpClient
from fairpost.engine.transport.counting_sink import CountingStore
from fairpost.engine.transport.sink import Sink
from fairpost.engine.transport.timeouts import Timeouts

Script = Callable[[ScriptedRelay], Awaitable[None]]


def against(script: Script, count: int = 3, timeouts: Timeouts = QUICK) -> MemoryFeed:
    async def body() -> MemoryFeed:
        feed = MemoryFeed([a_mail(n) for n in range(1, count + 1)])
        async with ScriptedRelay(script) as address:
            await send(feed, address, timeouts)
        return feed

    return run(body())


async def accept(relay: ScriptedRelay) -> None:
    await relay.hear(b"DATA\r\n")
    await relay.say(b"250 ok\r\n250 ok\r\n354 go\r\n")


def in_doubt(feed: MemoryFeed) -> list[int]:
    return [n for n, (reply, _) in feed.outcomes.items() if classify(reply).state == "in_doubt"]


# closing


def test_nobody_listens() -> None:
    async def body() -> None:
        feed = MemoryFeed([a_mail(1)])
        client = SmtpClient(RelayAddress("127.0.0.1", 1), feed, timeouts=QUICK)
        assert not await client.open()
        assert feed.troubles[0].stage == "connect" and feed.is_closed and not feed.given

    run(body())


def test_closes_instead_of_a_banner() -> None:
    async def script(relay: ScriptedRelay) -> None:
        pass

    feed = against(script)
    assert feed.troubles[0].stage == "banner" and feed.troubles[0].code == 0 and not feed.given


def test_closes_after_the_envelope() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await relay.hear(b"DATA\r\n")

    feed = against(script)
    assert feed.came_back == [1] and feed.troubles[0].stage == "mail" and not feed.outcomes


def test_closes_after_the_dot_leaves_that_message_in_doubt_and_the_next_untouched() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await accept(relay)
        await relay.hear(b"\r\n.\r\n")

    feed = against(script)
    assert in_doubt(feed) == [1] and feed.outcomes[1][1] and feed.came_back == [2]
    assert feed.troubles[0].stage == "dot"


def test_closes_in_the_middle_of_a_large_message() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await accept(relay)
        await relay.reader.readexactly(100_000)

    async def body() -> None:
        content = b"Subject: large\r\n\r\n" + b"z" * 70 + (b"z" * 76 + b"\r\n") * 200_000
        feed = MemoryFeed([a_mail(1, content=content)])
        async with ScriptedRelay(script) as address:
            await send(feed, address)
        assert feed.came_back == [1] and ("permit", 1) not in feed.calls

    run(body())


def test_closes_every_message_after_the_first_and_the_count_still_holds() -> None:
    async def body() -> None:
        store = CountingStore()
        sink = Sink(store, behaviour=Behaviour(rules=(Rule("dot", match="person[369]@", close=True),)))
        relay = RelayAddress("127.0.0.1", await sink.start())
        waiting = [a_mail(n) for n in range(1, 11)]
        accepted: list[int] = []
        doubtful: list[int] = []
        while waiting:
            feed = MemoryFeed(waiting)
            await send(feed, relay)
            accepted += [n for n, code in feed.codes().items() if code == 250]
            doubtful += in_doubt(feed)
            ended = set(feed.outcomes)
            waiting = [mail for mail in waiting if mail.ordinal not in ended]
        assert sorted(accepted + doubtful) == list(range(1, 11)) and doubtful == [3, 6, 9]
        assert sorted(store.counts.values()) == [1] * 7
        sink.stop()

    run(body())


# stalling


@pytest.mark.parametrize("stage", ["banner", "ehlo", "mail", "rcpt", "data", "dot"])
def test_stalls_at_each_stage(stage: str) -> None:
    async def body() -> None:
        sink = Sink(CountingStore(), behaviour=Behaviour(rules=(Rule(stage),)))
        relay = RelayAddress("127.0.0.1", await sink.start())
        feed = MemoryFeed([a_mail(1), a_mail(2)])
        short = Timeouts(connect=1, banner=0.2, command=0.2, mail=0.2, rcpt=0.2, data=0.2, dot=0.2, quit=0.1)
        await send(feed, relay, short)
        assert feed.troubles[0].stage == stage and feed.troubles[0].code == 0
        assert "in time" in feed.troubles[0].text
        assert in_doubt(feed) == ([1] if stage == "dot" else [])
        sink.stop()

    run(body())


def test_drips_a_reply_forever_without_ending_it() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await accept(relay)
        await relay.hear(b"\r\n.\r\n")
        while True:
            await relay.say(b"2")
            await asyncio.sleep(0.02)

    feed = against(script)
    assert in_doubt(feed) == [1] and feed.came_back == [2]


# answering out of order


@pytest.mark.parametrize(
    ("replies", "why"),
    [
        (b"250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n", "an answer to a dot that was not written"),
        (b"250 ok\r\n250 ok\r\n354 go\r\n250 qu", "the beginning of such an answer"),
        (b"250 ok\r\n354 go\r\n250 ok\r\n", "354 in the place of RCPT's answer"),
        (b"354 go\r\n250 ok\r\n250 ok\r\n", "354 in the place of MAIL's answer"),
        (b"250 ok\r\n250 ok\r\n250 ok\r\n", "250 to DATA"),
        (b"250 ok\r\n220 hello\r\n354 go\r\n", "a banner in the place of RCPT's answer"),
    ],
)
def test_replies_out_of_order_end_the_connection_with_nothing_handed_over(replies: bytes, why: str) -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await relay.hear(b"DATA\r\n")
        await relay.say(replies)
        await relay.until_closed()
        assert b"Good day." not in relay.heard

    feed = against(script)
    assert feed.came_back == [1] and not feed.outcomes, why
    assert feed.troubles


def test_more_replies_than_commands_after_a_dot() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await accept(relay)
        await relay.hear(b"\r\n.\r\n")
        await relay.say(b"250 queued\r\n250 and once more\r\n")
        await relay.until_closed()

    feed = against(script, count=1)
    assert feed.codes() == {1: 250} and "not been asked" in feed.troubles[0].text


def test_speaks_unasked_on_an_idle_connection() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await asyncio.sleep(0.1)
        await relay.say(b"250 ok\r\n")
        await relay.until_closed()

    async def body() -> None:
        feed = MemoryFeed()
        async with ScriptedRelay(script) as address:
            client = SmtpClient(address, feed, timeouts=QUICK)
            await client.open()
            async with asyncio.timeout(3):
                while not feed.is_closed:
                    await asyncio.sleep(0.01)
        assert feed.troubles

    run(body())


@pytest.mark.parametrize("banner", [HELLO + b"250 too early\r\n", HELLO + b"25"])
def test_speaks_before_ehlo(banner: bytes) -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.say(banner)
        await relay.hear(b"\r\n")
        await relay.say(EHLO)
        await relay.until_closed()

    feed = against(script)
    assert feed.troubles and not feed.outcomes


def test_answers_354_to_the_final_dot() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await accept(relay)
        await relay.hear(b"\r\n.\r\n")
        await relay.say(b"354 more\r\n")
        await relay.until_closed()

    feed = against(script)
    assert in_doubt(feed) == [1] and feed.came_back == [2] and feed.troubles[0].code == 354


# 421, 4xx and 5xx at each stage


@pytest.mark.parametrize("code", [421, 450, 451, 500, 550, 554])
@pytest.mark.parametrize("stage", ["banner", "ehlo", "mail"])
def test_a_refusal_before_rcpt_is_the_relays_fault_and_costs_no_contact(stage: str, code: int) -> None:
    async def body() -> None:
        rules = tuple(Rule(each, reply=f"{code} no") for each in ([stage, "helo"] if stage == "ehlo" else [stage]))
        sink = Sink(CountingStore(), behaviour=Behaviour(rules=rules))
        feed = MemoryFeed([a_mail(1), a_mail(2)])
        await send(feed, RelayAddress("127.0.0.1", await sink.start()))
        (reply,) = feed.troubles
        assert (reply.stage, reply.code) == (stage, code)
        assert classify(reply).state == "relay_trouble" and not classify(reply).final
        assert not feed.outcomes
        sink.stop()

    run(body())


@pytest.mark.parametrize("code", [450, 451, 452, 550, 552, 554])
@pytest.mark.parametrize("stage", ["rcpt", "data", "dot"])
def test_a_refusal_of_everything_from_rcpt_on_is_told_for_each_message(stage: str, code: int) -> None:
    async def body() -> None:
        sink = Sink(CountingStore(), behaviour=Behaviour(rules=(Rule(stage, reply=f"{code} no"),)))
        feed = MemoryFeed([a_mail(n) for n in range(1, 6)])
        await send(feed, RelayAddress("127.0.0.1", await sink.start()))
        assert feed.codes() == dict.fromkeys(range(1, 6), code) and not feed.troubles
        assert {reply.stage for reply, _ in feed.outcomes.values()} == {stage}
        assert {handed for _, handed in feed.outcomes.values()} == {stage == "dot"}
        final = {classify(reply).final for reply, _ in feed.outcomes.values()}
        assert final == {stage == "rcpt" and code >= 500}
        sink.stop()

    run(body())


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_421_before_the_dot_gives_the_message_back(stage: str) -> None:
    async def body() -> None:
        rule = Rule(stage, match="person2@", reply="421 4.3.2 going down", close=True)
        sink = Sink(CountingStore(), behaviour=Behaviour(rules=(rule,)))
        feed = MemoryFeed([a_mail(1), a_mail(2), a_mail(3)])
        await send(feed, RelayAddress("127.0.0.1", await sink.start()))
        assert feed.codes() == {1: 250} and feed.came_back == [2] and feed.troubles[0].code == 421
        sink.stop()

    run(body())


def test_421_to_the_dot_is_a_refusal_of_that_message_and_trouble() -> None:
    async def body() -> None:
        store = CountingStore()
        rule = Rule("dot", match="person2@", reply="421 4.3.2 going down", close=True)
        sink = Sink(store, behaviour=Behaviour(rules=(rule,)))
        feed = MemoryFeed([a_mail(1), a_mail(2), a_mail(3)])
        await send(feed, RelayAddress("127.0.0.1", await sink.start()))
        assert feed.codes() == {1: 250, 2: 421} and feed.came_back == [3]
        assert classify(feed.outcomes[2][0]).state == "relay_trouble"
        assert list(store.counts) == [b"person1@example.org"]
        sink.stop()

    run(body())


def test_421_on_an_idle_connection() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await asyncio.sleep(0.05)
        await relay.say(b"421 4.4.2 timeout\r\n")

    async def body() -> None:
        feed = MemoryFeed()
        async with ScriptedRelay(script) as address:
            client = SmtpClient(address, feed, timeouts=QUICK)
            await client.open()
            async with asyncio.timeout(3):
                while not feed.is_closed:
                    await asyncio.sleep(0.01)
        assert feed.troubles[0].code == 421

    run(body())


# endless and malformed replies


@pytest.mark.parametrize(
    "flood",
    [
        b"250-and another line\r\n" * 50,
        b"250 " + b"x" * 5000,
        b"x" * 5000,
        b"250-one\r\n550 two\r\n",
        b"999 what\r\n",
        b"250~what\r\n",
        b"\r\n",
        b"\x00\xff\xfe\r\n",
    ],
)
@pytest.mark.parametrize("stage", ["banner", "ehlo", "dot"])
def test_endless_or_malformed_replies_end_the_connection(stage: str, flood: bytes) -> None:
    async def script(relay: ScriptedRelay) -> None:
        if stage != "banner":
            await relay.say(HELLO)
            await relay.hear(b"\r\n")
        if stage == "dot":
            await relay.say(EHLO)
            await accept(relay)
            await relay.hear(b"\r\n.\r\n")
        for _ in range(2000):
            await relay.say(flood)

    feed = against(script)
    assert feed.troubles[0].stage == stage and feed.troubles[0].code == 0
    assert in_doubt(feed) == ([1] if stage == "dot" else [])


# the gate and the caller's own stops


def test_a_closed_gate_leaves_no_dot_and_no_mail_at_the_relay() -> None:
    async def body() -> None:
        store = CountingStore()
        sink = Sink(store)
        feed = MemoryFeed([a_mail(n) for n in range(1, 6)], gate=lambda mail: mail.ordinal < 3)
        await send(feed, RelayAddress("127.0.0.1", await sink.start()))
        await asyncio.sleep(0.05)
        assert feed.codes() == {1: 250, 2: 250} and sorted(feed.came_back) == [3, 4] and not feed.troubles
        assert sorted(store.counts) == [b"person1@example.org", b"person2@example.org"]
        sink.stop()

    run(body())


def test_a_closed_gate_after_a_large_body_leaves_no_mail_either() -> None:
    async def body() -> None:
        store = CountingStore()
        sink = Sink(store)
        content = b"Subject: large\r\n\r\n" + (b"z" * 76 + b"\r\n") * 20_000
        feed = MemoryFeed([a_mail(1, content=content)], gate=lambda mail: False)
        await send(feed, RelayAddress("127.0.0.1", await sink.start()))
        await asyncio.sleep(0.05)
        assert feed.came_back == [1] and store.messages == 0
        sink.stop()

    run(body())


def test_abort_while_the_dot_is_unanswered_is_in_doubt() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await accept(relay)
        await relay.until_closed()

    async def body() -> None:
        feed = MemoryFeed([a_mail(1), a_mail(2)])
        async with ScriptedRelay(script) as address:
            client = SmtpClient(address, feed, timeouts=QUICK)
            await client.open()
            while client.in_flight is None:
                await asyncio.sleep(0.005)
            assert client.in_flight.ordinal == 1 and client.current is not None and client.current.ordinal == 2
            client.abort()
        assert in_doubt(feed) == [1] and feed.came_back == [2] and feed.is_closed and not feed.troubles

    run(body())


def test_abort_while_the_dot_is_still_in_this_process_gives_the_message_back() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet()
        await accept(relay)
        await asyncio.sleep(3)  # reads nothing, so that the socket fills up

    async def body() -> None:
        content = b"Subject: large\r\n\r\n" + (b"z" * 62 + b"\r\n") * 1000
        feed = MemoryFeed([a_mail(1, content=content)])
        async with ScriptedRelay(script) as address:
            client = SmtpClient(address, feed, timeouts=QUICK)
            feed.gate = lambda mail: fill(client) or True
            await client.open()
            while client.in_flight is None:
                await asyncio.sleep(0.005)
            client.abort()
        assert feed.came_back == [1] and not feed.outcomes

    def fill(client: SmtpClient) -> None:
        """Stuffs the socket, as a slow line would, so that the dot stays behind."""
        assert client._exchange is not None
        wire = client._exchange.wire
        for _ in range(40):
            wire.write(b"x" * 1_000_000)

    run(body())


def test_abort_from_within_a_feed_call_is_safe() -> None:
    async def body() -> None:
        sink = Sink(CountingStore())
        relay = RelayAddress("127.0.0.1", await sink.start())
        for moment in ("permit", "outcome", "next"):
            feed = MemoryFeed([a_mail(n) for n in range(1, 6)])
            client = SmtpClient(relay, feed, timeouts=QUICK)
            abort_at(feed, client, moment)
            await client.open()
            async with asyncio.timeout(3):
                while not feed.is_closed:
                    await asyncio.sleep(0.005)
            assert feed.ended() == sorted(feed.given)
        sink.stop()

    def abort_at(feed: MemoryFeed, client: SmtpClient, moment: str) -> None:
        usual = getattr(feed, moment)

        def call(*arguments: object) -> object:
            result = usual(*arguments)
            if len(feed.given) >= 2:
                setattr(feed, moment, usual)
                client.abort()
            return result

        setattr(feed, moment, call)

    run(body())


def test_an_error_in_the_feed_does_not_lose_a_message() -> None:
    async def body() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        sink = Sink(CountingStore())
        relay = RelayAddress("127.0.0.1", await sink.start())

        def breaks(mail: object) -> bool:
            raise RuntimeError("the gate's disk is full")

        feed = MemoryFeed([a_mail(1), a_mail(2)], gate=breaks)
        client = SmtpClient(relay, feed, timeouts=QUICK)
        await client.open()
        async with asyncio.timeout(3):
            while not feed.is_closed:
                await asyncio.sleep(0.005)
        assert feed.came_back == [1, 2] and not feed.outcomes
        sink.stop()

    run(body())
