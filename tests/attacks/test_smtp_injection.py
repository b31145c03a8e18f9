"""CR, LF, spaces, brackets and control characters in what becomes an SMTP command line: refused before any write."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.transport import MemoryFeed, ScriptedRelay, a_mail, run, send

from fairpost.engine.outcomes.replies import classify
from fairpost.engine.ports import Mail, RelayAddress, Reply
from fairpost.engine.transport.arguments import check_address, check_helo, check_sender
from fairpost.engine.transport.client import SmtpClient

BAD = [
    b"a@b.example>\r\nRCPT TO:<victim@example.org",
    b"a@b.example\r\nDATA",
    b"a@b.example\n",
    b"a@b.example\r",
    b"\r\na@b.example",
    b"a b@c.example",
    b"a@b.example> SIZE=1",
    b"<a@b.example",
    b"a\x00@b.example",
    b"a\x7f@b.example",
    b"a\t@b.example",
    b"a\x1b[2J@b.example",
    "a\u0085b@c.example".encode(),
    "a\u2028b@c.example".encode(),
    b"a\xff\xfe@b.example",
    b"no-at-sign",
    b"@b.example",
    b"a@",
    b"a" * 400 + b"@b.example",
]


async def mute(relay: ScriptedRelay) -> None:
    await relay.greet()
    await relay.until_closed()


def refused(mails: list[Mail]) -> dict[int, tuple[Reply, bool]]:
    """The outcomes of mails of which none may lead to a single command."""

    async def body() -> dict[int, tuple[Reply, bool]]:
        feed = MemoryFeed(mails)
        scripted = ScriptedRelay(mute)
        async with scripted as relay:
            await send(feed, relay)
        assert scripted.heard == b"EHLO localhost\r\nQUIT\r\n"
        assert len(feed.outcomes) == len(mails)
        return feed.outcomes

    return run(body())


def test_a_bad_recipient_is_refused_and_final_for_that_contact() -> None:
    mails = [a_mail(number) for number in range(len(BAD) + 1)]
    for mail, address in zip(mails, [*BAD, b""], strict=True):
        mail.recipient = address
    for reply, handed_over in refused(mails).values():
        assert (reply.stage, reply.code, reply.enhanced, handed_over) == ("rcpt", 553, (5, 1, 3), False)
        assert classify(reply).final and classify(reply).reason == "bad_address"


def test_a_bad_sender_is_refused_and_costs_no_contact() -> None:
    mails = [a_mail(number, sender=address) for number, address in enumerate(BAD)]
    for reply, handed_over in refused(mails).values():
        assert (reply.stage, reply.enhanced, handed_over) == ("mail", (5, 1, 7), False)
        assert classify(reply).state == "refused" and not classify(reply).final


@pytest.mark.parametrize(
    "name", ["", "a b", "a\r\nMAIL FROM:<x@y>", "a\n", "a\x00", "<a>", "ä.example", "-a", "a" * 300]
)
def test_a_bad_ehlo_name_is_refused(name: str) -> None:
    async def body() -> None:
        with pytest.raises(ValueError):
            SmtpClient(RelayAddress("127.0.0.1", 1, helo=name), MemoryFeed())

    asyncio.run(body())


@pytest.mark.parametrize("name", ["localhost", "mail.example.org", "[127.0.0.1]", "[IPv6:2001:db8::1]", "a"])
def test_a_good_ehlo_name_is_taken(name: str) -> None:
    check_helo(name)


@pytest.mark.parametrize(
    "address",
    [b"a@b.example", b"first.last+tag@sub.example.org", b"o'brien@example.org", b"a@[192.0.2.1]", b'"q"@b.example',
     "jörg@müller.example".encode(), "用户@例子.example".encode()],
    ids=repr,
)  # fmt: skip
def test_good_addresses_pass(address: bytes) -> None:
    check_address(address)
    check_sender(address)


def test_the_null_sender_passes() -> None:
    check_sender(b"")


@given(st.binary(max_size=40))
def test_whatever_passes_cannot_end_or_split_a_command(address: bytes) -> None:
    try:
        check_address(address)
    except ValueError:
        return
    assert not any(octet <= 0x20 or octet == 0x7F or octet in b"<>" for octet in address)
    assert b"@" in address
