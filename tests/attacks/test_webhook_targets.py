"""Nobody can make this machine ask what only it can reach, by whatever spelling, name, redirect or patience."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time

import pytest
from tests.authoritative import authoritative
from tests.builders.certificates import Authority
from tests.builders.webserver import raw_server, webserver

from fairpost.integrations.outgoing.addresses import may_be_asked
from fairpost.integrations.outgoing.client import MOST_OCTETS, NotReached, Outgoing, in_words
from fairpost.integrations.outgoing.rules import Rules
from fairpost.integrations.outgoing.target import read_target
from fairpost.kernel.errors import Invalid
from fairpost.tenants.dns.resolver import Resolver

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
ANYTHING = Rules(http=True, ports=frozenset(range(1, 65536)))

NOT_PUBLIC = """
0.0.0.0 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.1.2.3 168.63.129.16 169.254.169.254 172.16.0.1 172.31.255.255
192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1
255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:7f00:1 64:ff9b::a00:1 64:ff9b:1::1 100::1
2001::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 5f00::1
2a00:1450::5efe:10.0.0.1 2a00:1450::200:5efe:192.168.0.1 localhost 2130706433 0x7f.1
"""
PUBLIC = "8.8.8.8 172.15.255.255 172.32.0.1 192.167.255.255 2606:4700::1111 2a00:1450:4001:81b::200e"

SPELLINGS = """
https://2130706433/ https://0x7f000001/ https://0x7f.0.0.1/ https://0177.0.0.1/ https://127.1/ https://127.0.0.01/
https://017700000001/ https://127.0.0.1.%31/ https://[::ffff:127.0.0.1]/ https://[::1]/ https://[fe80::1%25eth0]/
https://[::127.0.0.1]/ https://127.0.0.1/ https://127.0.0.1./ https://①②⑦.⓪.⓪.①/ https://127。0。0。1/
https://169.254.169.254/latest/meta-data/ https://[fd00:ec2::254]/latest https://[64:ff9b::7f00:1]/
"""
TRICKS = """
https://hooks.example.org@127.0.0.1/ https://user:pass@hooks.example.org/ https://hooks.example.org\\@127.0.0.1/
https://hooks.example.org#@127.0.0.1/ https://hooks.example.org/# http://hooks.example.org/ ftp://hooks.example.org/
file:///etc/passwd gopher://hooks.example.org/ //hooks.example.org/ https:///x https://:443/ https://hooks..example.org/
https://hooks.example.org:0/ https://hooks.example.org:22/ https://hooks.example.org:99999/ https://[1.2.3.4]/
https://hooks.example.org:443:22/ https://exa%6dple.org/ https://example.org%2f@127.0.0.1/ javascript:alert(1)
https://hooks.example.org/é
"""


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_an_address_that_is_not_public_is_not_asked(address):
    assert not may_be_asked(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_a_public_address_may_be_asked(address):
    assert may_be_asked(address)


def test_a_network_that_is_named_may_be_asked_and_its_neighbours_may_not():
    allowed = (ipaddress.ip_network("10.1.2.0/24"), ipaddress.ip_network("fd12::/64"))
    assert may_be_asked("10.1.2.3", allowed)
    assert may_be_asked("fd12::7", allowed)
    assert not may_be_asked("10.1.3.3", allowed)
    assert not may_be_asked("::ffff:10.1.2.3", allowed)


@pytest.mark.parametrize("url", SPELLINGS.split())
def test_loopback_and_metadata_are_refused_in_every_spelling(url):
    client = Outgoing(Rules(), lookup=lambda name: pytest.fail(f"{name} was looked up"))
    with pytest.raises(Invalid):
        client.get(url)


@pytest.mark.parametrize("url", [*TRICKS.split(), "https://a.example/\r\nX: y", "https://a.example/ b", " https://a.example"])
def test_an_address_that_can_be_read_in_two_ways_is_refused(url):
    with pytest.raises(Invalid):
        read_target(url, Rules())


def test_a_name_is_read_as_its_a_labels():
    assert read_target("https://Bücher.Example./x?y=1", Rules()).host == "xn--bcher-kva.example"
    assert read_target("https://a.example", Rules()).path == "/"


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["93.184.215.14", "::1"], ["::ffff:10.0.0.1"], []]
)
def test_one_private_address_in_the_answer_refuses_all_of_it(answer):
    with pytest.raises(Invalid, match="no address on the public internet"):
        Outgoing(Rules(), lookup=lambda _name: answer).get("https://rebound.example/")


def test_a_name_is_looked_up_once_so_that_a_second_answer_leads_nowhere():
    """DNS rebinding: the first answer is allowed, every later one would be another server."""
    with webserver() as wanted, webserver() as other, authoritative({}) as dns:
        dns.zone["rebound.example"] = {"A": ["127.0.0.1"]}

        def lookup(name):
            found = Resolver(dns.nameservers).addresses(name)
            dns.zone["rebound.example"] = {"A": ["127.0.0.2"]}  # what a client that looks twice would get
            return found

        rules = Rules(allowed=(ipaddress.ip_network("127.0.0.1/32"),), http=True, ports=ANYTHING.ports)
        client = Outgoing(rules, lookup=lookup)
        assert client.get(f"http://rebound.example:{wanted.port}/").status == 200
        assert [name for name, kind in dns.asked if kind == "A"] == ["rebound.example"]
        assert wanted.asked[0].headers["host"] == f"rebound.example:{wanted.port}"
        with pytest.raises(Invalid):
            client.get(f"http://rebound.example:{other.port}/")
    assert not other.asked


def test_a_redirect_is_a_failure_and_is_not_followed():
    with webserver() as inside, webserver() as outside:
        outside.behaviour = lambda _asked: (302, {"Location": inside.url("/secret")}, b"")
        answer = Outgoing(Rules(LOOPBACK, True, ANYTHING.ports)).post(outside.url(), b"{}", {})
        assert answer.status == 302
        assert "redirects are not followed" in in_words(answer)
        assert not inside.asked


def test_no_proxy_of_the_environment_is_asked(monkeypatch):
    with webserver() as proxy, webserver() as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        assert Outgoing(Rules(LOOPBACK, True, ANYTHING.ports)).get(server.url()).status == 200
        assert not proxy.asked
        assert len(server.asked) == 1


def test_a_server_that_drips_its_answer_is_left_in_time():
    def drip(sock: socket.socket) -> None:
        sock.recv(65536)
        for octet in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000:
            sock.sendall(bytes((octet,)))
            time.sleep(0.1)

    with raw_server(drip) as port:
        began = time.monotonic()
        with pytest.raises(NotReached, match="did not answer in time"):
            Outgoing(Rules(LOOPBACK, True, ANYTHING.ports), total_seconds=0.6).get(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - began < 2


def test_a_server_that_drips_its_handshake_is_left_in_time():
    def drip(sock: socket.socket) -> None:
        for _step in range(100):
            sock.sendall(b"\x16")
            time.sleep(0.1)

    with raw_server(drip) as port:
        began = time.monotonic()
        with pytest.raises(NotReached):
            Outgoing(Rules(LOOPBACK, False, ANYTHING.ports), total_seconds=0.6).get(f"https://127.0.0.1:{port}/")
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("head", [b"Content-Length: 900000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n", b"\r\n"])
def test_an_endless_answer_is_cut(head):
    def flood(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(b"HTTP/1.1 200 OK\r\n" + head)
        piece = b"ffff\r\n" + b"x" * 65535 + b"\r\n" if b"chunked" in head else b"x" * 65536
        while True:
            sock.sendall(piece)

    with raw_server(flood) as port:
        answer = Outgoing(Rules(LOOPBACK, True, ANYTHING.ports)).get(f"http://127.0.0.1:{port}/")
    assert len(answer.body) == MOST_OCTETS
    assert answer.cut


NO_HTTP = [b"", b"\x00" * 100, b"HTTP/9.9 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500]


@pytest.mark.parametrize("said", NO_HTTP)
def test_what_is_no_http_is_a_failure(said):
    def speak(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(said)

    with raw_server(speak) as port, pytest.raises(NotReached):
        Outgoing(Rules(LOOPBACK, True, ANYTHING.ports)).get(f"http://127.0.0.1:{port}/")


def test_a_certificate_must_be_that_of_the_name(tmp_path):
    authority = Authority(tmp_path)
    context = ssl.create_default_context(cafile=str(authority.ca_file))
    with webserver(certificate=authority.issue("good.example")) as server:
        rules = Rules(LOOPBACK, False, ANYTHING.ports)
        client = Outgoing(rules, lookup=lambda _name: ["127.0.0.1"], context=context)
        assert client.post(server.url(host="good.example"), b"{}", {}).status == 200
        with pytest.raises(NotReached, match="certificate of other.example is not good"):
            client.get(server.url(host="other.example"))
        with pytest.raises(NotReached, match="certificate"):
            Outgoing(rules, lookup=lambda _name: ["127.0.0.1"]).get(server.url(host="good.example"))
        assert len(server.asked) == 1
