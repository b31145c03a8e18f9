"""Builders for messages in tests: a campaign of Ada's committee, its keys, and the eyes of other people's parsers."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import dkim
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.engine.signing import ed25519_oracle

from fairpost.engine.mime.compiled import compile_message
from fairpost.engine.ports import Dispatch, Document, Link, Mail, Recipient
from fairpost.engine.signing.dkim import Signer
from fairpost.engine.signing.keyring import KeyRing
from fairpost.engine.signing.tokens import TokenIssuer

ed25519_oracle.install()

AT = 1_609_934_400.0
DISPATCH = Dispatch(
    account_id=3,
    campaign_id=12,
    from_name="Ada Lovelace",
    from_address="ada@campaign.example",
    return_path_domain="bounces.platform.example",
    platform_host="platform.example",
    platform_url="https://platform.example",
    feedback_id="12:3:campaign:fairpost",
    reply_to="office@campaign.example",
)


@cache
def issuer() -> TokenIssuer:
    return TokenIssuer(KeyRing.open(Path(tempfile.mkdtemp()) / "keyring.json", create=True))


@cache
def signers() -> tuple[Signer, Signer]:
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    platform = ed25519.Ed25519PrivateKey.generate()
    pems = [each.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for each in (own, platform)]
    return Signer("campaign.example", "s1", pems[0]), Signer("platform.example", "p1", pems[1])


def document(html="<p>Hello</p>", text="Hello\n", subject="News", links=()) -> Document:
    return Document(subject, html, text, [each if isinstance(each, Link) else Link(each) for each in links])


def recipient(address="ben@example.net", ordinal=7, **attributes) -> Recipient:
    return Recipient(ordinal, address, address.lower(), attributes)


def filled(content: Document, person: Recipient | None = None, at: float = AT, **changes) -> Mail:
    message = compile_message(content, replace(DISPATCH, **changes), issuer(), signers())
    return message.fill(person or recipient(), at)


def parsed(mail: Mail) -> EmailMessage:
    return message_from_bytes(mail.content, policy=policy.default)


def part(mail: Mail, kind: str) -> str:
    """The decoded HTML or text of a mail, line ends as LF."""
    return parsed(mail).get_body((kind,)).get_content().replace("\r\n", "\n")


def assert_sound(mail: Mail) -> None:
    """Every signature verifies elsewhere, and the octets are fit for SMTP as they are."""
    records = {each.dns_name.encode() + b".": each.dns_record.encode() for each in signers()}
    for index in range(len(signers())):
        assert dkim.DKIM(mail.content).verify(idx=index, dnsfunc=lambda name, timeout=5: records[name])
    assert not parsed(mail).defects
    assert all(not each.defects for each in parsed(mail).walk())
    assert mail.content.endswith(b"\r\n")
    lines = mail.content.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line or line.startswith(b".") for line in lines)
    head, _blank, body = mail.content.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert body.isascii()
