"""Mail and passwords go over verified TLS or not at all, unless the operator said otherwise."""

from __future__ import annotations

import datetime
import socket
from pathlib import Path
from typing import Any

import pytest
from tests.builders.certificates import Authority
from tests.builders.transport import EHLO, HELLO, MemoryFeed, ScriptedRelay, a_mail, run, send

from fairpost.cli.sink import server_context
from fairpost.engine.outcomes.replies import classify
from fairpost.engine.ports import RelayAddress
from fairpost.engine.transport.behaviour import Behaviour
from fairpost.engine.transport.counting_sink import CountingStore
from fairpost.engine.transport.sink import Sink


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def exchange(
    certificate: Path | None,
    *,
    implicit: bool = False,
    auth: tuple[str, str] = ("", ""),
    listen: str = "127.0.0.1",
    mails: int = 3,
    content: bytes = b"",
    **relay: Any,
) -> tuple[MemoryFeed, CountingStore]:
    """Sends mails to a sink with this certificate."""

    async def body() -> tuple[MemoryFeed, CountingStore]:
        store = CountingStore()
        tls = server_context(certificate) if certificate else None
        sink = Sink(store, host=listen, tls=tls, implicit=implicit, behaviour=Behaviour(auth=auth))
        port = await sink.start()
        feed = MemoryFeed([a_mail(n, content=content) for n in range(mails)])
        await send(feed, RelayAddress(**{"host": listen, "port": port, **relay}))
        sink.stop()
        return feed, store

    return run(body())


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_a_certificate_for_the_host_is_accepted(authority: Authority, mode: Any) -> None:
    certificate = authority.issue("127.0.0.1")
    feed, store = exchange(certificate, implicit=mode == "tls", tls=mode, ca_file=str(authority.ca_file))
    assert set(feed.codes().values()) == {250} and store.messages == 3


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_a_large_message_over_tls(authority: Authority, mode: Any) -> None:
    content = b"Subject: large\r\n\r\n" + (b"x" * 76 + b"\r\n") * 40_000
    certificate = authority.issue("127.0.0.1")
    feed, store = exchange(
        certificate, implicit=mode == "tls", tls=mode, ca_file=str(authority.ca_file), content=content
    )
    assert set(feed.codes().values()) == {250} and store.octets == 3 * len(content)


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_another_hosts_certificate_is_refused(authority: Authority, mode: Any) -> None:
    certificate = authority.issue("other.example")
    feed, store = exchange(certificate, implicit=mode == "tls", tls=mode, ca_file=str(authority.ca_file))
    assert_refused(feed, store, "certificate is not valid")


def test_an_unknown_authority_is_refused(authority: Authority) -> None:
    feed, store = exchange(authority.issue("127.0.0.1"), tls="starttls")
    assert_refused(feed, store, "certificate is not valid")


def test_an_expired_certificate_is_refused(authority: Authority) -> None:
    certificate = authority.issue("127.0.0.1", end=datetime.datetime(2021, 1, 1, tzinfo=datetime.UTC))
    feed, store = exchange(certificate, tls="starttls", ca_file=str(authority.ca_file))
    assert_refused(feed, store, "expired")


def test_a_certificate_is_not_looked_at_where_the_operator_said_so(authority: Authority) -> None:
    feed, store = exchange(authority.issue("other.example"), tls="starttls", verify=False)
    assert store.messages == 3


def test_no_starttls_no_mail() -> None:
    feed, store = exchange(None, tls="starttls")
    assert_refused(feed, store, "does not offer STARTTLS")


def test_a_missing_authority_file_is_told(authority: Authority) -> None:
    feed, store = exchange(authority.issue("127.0.0.1"), tls="starttls", ca_file="/nowhere/ca.pem")
    assert_refused(feed, store, "No such file")


def test_clear_speech_on_a_tls_port_is_trouble() -> None:
    feed, store = exchange(None, tls="tls")
    assert feed.troubles[0].stage == "starttls" and store.messages == 0


def assert_refused(feed: MemoryFeed, store: CountingStore, why: str) -> None:
    (reply,) = feed.troubles
    assert reply.stage == "starttls" and why in reply.text
    assert classify(reply).state == "relay_trouble"
    assert not feed.given and store.messages == 0


# AUTH


@pytest.mark.parametrize("tls", [True, False])
def test_auth_plain(authority: Authority, tls: bool) -> None:
    over = {"tls": "starttls", "ca_file": str(authority.ca_file)} if tls else {}
    certificate = authority.issue("127.0.0.1") if tls else None
    feed, store = exchange(certificate, auth=("ada", "pässword"), username="ada", password="pässword", **over)
    assert store.messages == 3


def test_a_wrong_password_is_the_relays_trouble_and_costs_no_contact() -> None:
    feed, store = exchange(None, auth=("ada", "right"), username="ada", password="expired")
    (reply,) = feed.troubles
    assert (reply.stage, reply.code, reply.enhanced) == ("auth", 535, (5, 7, 8))
    assert classify(reply).state == "relay_trouble" and not feed.given
    assert "expired" not in repr(RelayAddress("h", 1, password="expired"))


def test_auth_login() -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.greet(b"250-relay\r\n250-PIPELINING\r\n250 AUTH LOGIN\r\n")
        assert await relay.hear(b"\r\n") == b"AUTH LOGIN\r\n"
        await relay.say(b"334 VXNlcm5hbWU6\r\n")
        assert await relay.hear(b"\r\n") == b"YWRh\r\n"
        await relay.say(b"334 UGFzc3dvcmQ6\r\n")
        assert await relay.hear(b"\r\n") == b"c2VjcmV0\r\n"
        await relay.say(b"235 welcome\r\n")
        await relay.until_closed()

    async def body() -> None:
        feed = MemoryFeed()
        async with ScriptedRelay(script) as address:
            relay = RelayAddress(address.host, address.port, username="ada", password="secret")
            feed.settled.set()
            await send(feed, relay)
        assert not feed.troubles

    run(body())


def test_no_mechanism_in_common() -> None:
    feed, store = exchange(None, username="ada", password="x")
    assert feed.troubles[0].stage == "auth" and "neither" in feed.troubles[0].text


def own_address() -> str:
    """An address of this machine that is not loopback, or empty."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        address = str(probe.getsockname()[0])
    return "" if address.startswith("127.") else address


def test_a_password_never_leaves_this_machine_in_clear() -> None:
    address = own_address()
    if not address:
        pytest.skip("this machine has no address beside loopback")
    feed, store = exchange(None, listen=address, auth=("ada", "right"), username="ada", password="right")
    (reply,) = feed.troubles
    assert (reply.stage, reply.enhanced) == ("auth", (5, 7, 11)) and "in clear" in reply.text
    assert not feed.given


# STARTTLS injection (CVE-2021-38371 and its kin)


@pytest.mark.parametrize(
    "extra", [b"250-relay\r\n250 AUTH PLAIN\r\n", b"250 ok\r\n", b"2", b"220 go\r\n", b"\r\n"], ids=repr
)
def test_clear_text_behind_the_reply_to_starttls_is_an_injection(extra: bytes) -> None:
    async def script(relay: ScriptedRelay) -> None:
        await relay.say(HELLO)
        await relay.hear(b"\r\n")
        await relay.say(EHLO.replace(b"PIPELINING", b"STARTTLS"))
        assert await relay.hear(b"\r\n") == b"STARTTLS\r\n"
        await relay.say(b"220 go\r\n" + extra)
        await relay.until_closed()

    async def body() -> None:
        feed = MemoryFeed([a_mail(1)])
        async with ScriptedRelay(script) as address:
            await send(feed, RelayAddress(address.host, address.port, tls="starttls"))
        (reply,) = feed.troubles
        assert reply.stage == "starttls" and not feed.given
        assert "injection" in reply.text or "broke the protocol" in reply.text

    run(body())


def test_what_was_offered_before_tls_does_not_count_afterwards(authority: Authority) -> None:
    """Capabilities come from the EHLO inside TLS; the sink offers STARTTLS only outside."""
    feed, store = exchange(
        authority.issue("127.0.0.1"), tls="starttls", ca_file=str(authority.ca_file), auth=("ada", "x"),
        username="ada", password="x",
    )  # fmt: skip
    assert store.messages == 3
