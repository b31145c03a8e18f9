"""Another implementation verifies our signatures on ordinary and odd messages and notices every change."""

from __future__ import annotations

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.signing import ed25519_oracle

from fairpost.engine.signing.dkim import Signer
from fairpost.kernel.errors import Invalid

ed25519_oracle.install()

AT = 1_609_934_400.0
MESSAGE = (
    b"From: Ada <ada@example.org>\r\nTo: ben@example.net\r\nSubject: Hello\r\n world\r\n"
    b"Date: Wed, 06 Jan 2021 12:00:00 +0000\r\nReply-To: x@example.org\r\nReply-To: y@example.org\r\n"
    b"\r\nDear Ben,\r\n\r\n  much  space \t\r\n\r\n\r\n"
)


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


KEYS = {
    "rsa": pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "ed25519": pem(ed25519.Ed25519PrivateKey.generate()),
}


@pytest.fixture(params=KEYS)
def signer(request):
    return Signer("Example.org", "s1", KEYS[request.param])


def verified(message, signer):
    def dns(name, timeout=5):
        assert name == signer.dns_name.encode() + b"."
        return signer.dns_record.encode()

    return dkim.verify(message, dnsfunc=dns)


def test_an_ordinary_message_verifies(signer):
    assert verified(signer.sign(MESSAGE, AT) + MESSAGE, signer)


@pytest.mark.parametrize(
    ("change", "by"),
    [
        (b"Dear Ben", b"Dear Bon"),
        (b"Subject: Hello", b"Subject: Hollo"),
        (b"ada@example.org", b"eve@example.org"),
        (b"From:", b"From: Eve <eve@example.net>\r\nFrom:"),
        (b"From:", b"Cc: eve@example.net\r\nFrom:"),
        (b"From:", b"List-Unsubscribe: <https://evil.example/>\r\nFrom:"),
        (b"From:", b"Subject: Other\r\nFrom:"),
        (b"y@example.org", b"z@example.org"),
        (b"x@example.org", b"z@example.org"),
        (b"Ben,\r\n", b"Ben,\r\nSee https://evil.example/\r\n"),
    ],
)
def test_a_changed_or_added_part_does_not_verify(signer, change, by):
    signed = signer.sign(MESSAGE, AT) + MESSAGE.replace(change, by, 1)
    assert not verified(signed, signer)


def test_what_relaxed_canonicalisation_allows_still_verifies(signer):
    header = signer.sign(MESSAGE, AT)
    changed = MESSAGE.replace(b"Subject: Hello\r\n world", b"SUBJECT:Hello\t world \t").replace(b"space \t", b"space")
    assert verified(header + changed + b"\r\n\r\n", signer)


# To dkimpy vertical tab and form feed are white space; RFC 6376, 2.8 counts only space and tab.
odd = st.characters(codec="utf-8", exclude_characters="\r\n\x0b\x0c", exclude_categories=["Cs"])
printable = st.text(odd, max_size=60)
space = st.sampled_from(["", " ", "  ", "\t", " \t ", "\r\n ", "\r\n\t", " \r\n  "])
value = st.lists(st.tuples(space, printable), max_size=5).map(lambda parts: "".join(a + b for a, b in parts))
name = st.sampled_from(
    ["From", "To", "Cc", "Subject", "SUBJECT", "Date", "Reply-To", "X-Odd", "Feedback-ID", "List-Unsubscribe"]
)
headers = st.lists(st.tuples(name, value), min_size=1, max_size=8)
body_line = st.text(odd, max_size=80)
body = st.lists(body_line | st.sampled_from(["", " ", "\t", " . ", "."]), max_size=8).map("\r\n".join)


@settings(max_examples=150, deadline=None)
@given(headers=headers, body=body, end=st.sampled_from(["\r\n", "\r\n\r\n", " \r\n"]))
def test_odd_headers_and_bodies_verify(headers, body, end):
    signer = Signer("example.org", "s1", KEYS["ed25519"])
    head = "From: a@example.org\r\n" + "".join(f"{n}:{v}\r\n" for n, v in headers)
    message = (head + "\r\n" + body + end).encode()
    if b"\r\n" in message.replace(b"\r\n", b"") or any(not v.strip() for _n, v in headers):
        return
    assert verified(signer.sign(message, AT) + message, signer)


def test_two_signatures_stand_side_by_side():
    first, second = Signer("example.org", "s1", KEYS["rsa"]), Signer("platform.example", "p", KEYS["ed25519"])
    message = first.sign(MESSAGE, AT) + second.sign(MESSAGE, AT) + MESSAGE
    records = {signer.dns_name.encode() + b".": signer.dns_record.encode() for signer in (first, second)}
    checker = dkim.DKIM(message)
    assert checker.verify(idx=0, dnsfunc=lambda name, timeout=5: records[name])
    checker = dkim.DKIM(message)
    assert checker.verify(idx=1, dnsfunc=lambda name, timeout=5: records[name])


def test_the_header_s_lines_stay_short(signer):
    assert max(len(line) for line in signer.sign(MESSAGE, AT).split(b"\r\n")) <= 78


def test_a_message_without_body_verifies(signer):
    message = b"From: a@example.org\r\nSubject: x\r\n\r\n"
    assert verified(signer.sign(message, AT) + message, signer)


@pytest.mark.parametrize(
    "wrong", [b"From: a\n\nx", b"From: a\r\n\r\nx\ry", b"From: a\r\n\r\nx", b"From: a\r\nno header\r\n\r\n"]
)
def test_what_relays_would_change_is_not_signed(signer, wrong):
    with pytest.raises(Invalid):
        signer.sign(wrong, AT)


def test_an_international_domain_is_signed_as_a_label():
    signer = Signer("bücher.example", "s1", KEYS["rsa"])
    assert signer.domain == "xn--bcher-kva.example"
    assert verified(signer.sign(MESSAGE, AT) + MESSAGE, signer)


@pytest.mark.parametrize("domain", ["", "a b", "x;d=evil.example", "a\r\nb", "a..b"])
def test_a_domain_that_is_none_is_refused(domain):
    with pytest.raises(Invalid):
        Signer(domain, "s1", KEYS["rsa"])


@pytest.mark.parametrize("selector", ["", "a b", "x; d=evil.example", "a\r\nb", "-a", "s1\n"])
def test_a_selector_that_is_none_is_refused(selector):
    with pytest.raises(Invalid):
        Signer("example.org", selector, KEYS["rsa"])


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        pem(ec.generate_private_key(ec.SECP256R1())),
    ],
)
def test_a_key_that_cannot_sign_is_refused(key):
    with pytest.raises(Invalid):
        Signer("example.org", "s1", key)
