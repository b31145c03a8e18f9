"""DKIM signatures (RFC 6376, relaxed/relaxed) by RSA-SHA256 or Ed25519-SHA256 (RFC 8463).

Two ways in. `Signer.sign` takes any message and canonicalises it. `Signer.header` is for the sending loop,
which builds messages whose canonical form it knows already and hashes a body once for several signatures.
"""

from __future__ import annotations

import base64
import hashlib
import re
from binascii import b2a_base64
from collections.abc import Iterable

import idna
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

# Named once more than they occur, so that adding another one breaks the signature (RFC 6376, 8.15).
OVER_SIGNED = (
    b"from", b"to", b"cc", b"subject", b"date", b"list-unsubscribe", b"list-unsubscribe-post", b"feedback-id",
)  # fmt: skip
SIGNED = (b"reply-to", b"message-id", b"mime-version", b"content-type")
LEAST_RSA_BITS = 1024  # RFC 8301, 3.2: no less may be used; 2048 is what should be
LINE = 72

_SELECTOR = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_SPACES = re.compile(rb"[ \t]+")
_TRAILING_SPACE = re.compile(rb"[ \t]+\r\n")
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_HEADER = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_FIELD_END = re.compile(rb"\r\n(?![ \t])")

_PKCS1 = padding.PKCS1v15()
_SHA256 = SHA256()


class Signer:
    """Signs for one domain with one key.

    `domain` may be an IDN; `private_key_pem` is an unencrypted PEM (PKCS#1 or PKCS#8) of RSA or Ed25519.
    Raises Invalid where domain, selector or key cannot be used.
    """

    def __init__(self, domain: str, selector: str, private_key_pem: bytes) -> None:
        try:
            self.domain = idna.encode(domain.strip("."), uts46=True).decode().lower()
        except idna.IDNAError:
            raise Invalid(_("“{domain}” is no domain name.").format(domain=domain), field="domain") from None
        if not _SELECTOR.fullmatch(selector):
            raise Invalid(
                _("“{selector}” is no DKIM selector: use letters, digits and hyphens.").format(selector=selector),
                field="selector",
            )
        self.selector = selector
        self._key = _loaded(private_key_pem)
        self.algorithm = "rsa-sha256" if isinstance(self._key, rsa.RSAPrivateKey) else "ed25519-sha256"
        start = f"v=1; a={self.algorithm}; c=relaxed/relaxed; d={self.domain}; s={self.selector}; t="
        self._start = start.encode()
        folded = start.replace("; d=", ";\r\n d=").replace("; t=", ";\r\n t=")
        self._wire_start = b"DKIM-Signature: " + folded.encode()

    @property
    def dns_name(self) -> str:
        """Where the public key must be published."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def dns_record(self) -> str:
        """The TXT record to publish (RFC 6376, 3.6.1; RFC 8463, 4)."""
        public = self._key.public_key()
        if isinstance(public, ed25519.Ed25519PublicKey):
            kind, octets = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        else:
            kind, octets = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k={kind}; p={base64.b64encode(octets).decode()}"

    def sign(self, message: bytes, at: float) -> bytes:
        """The DKIM-Signature header, CRLF included, to put before this message.

        `message` is whole, with CRLF line ends; `at` is seconds since the epoch. Raises Invalid for a bare
        CR or LF or a line in the headers that is none: relays would change those, and the signature would
        break.
        """
        if _BARE.search(message) or not message.endswith(b"\r\n"):
            raise Invalid(_("A message to be signed must end every line with CR and LF."))
        head, _blank, body = message.partition(b"\r\n\r\n")
        names, block = signed_headers(canonical_headers(head))
        return self.header(block, names, body_hash(canonical_body(body)), int(at))

    def header(self, block: bytes, names: Names, digest: bytes, at: int) -> bytes:
        """The DKIM-Signature header for canonical headers and a body hash that are known already.

        `block` holds the signed headers in canonical form, each with CRLF, in the order of `names`;
        `digest` is the base64 body hash. Where several signatures are made, none covers another.
        """
        t = b"%d" % at
        data = b"".join((
            block, b"dkim-signature:", self._start, t, b"; h=", names.plain, b"; bh=", digest, b"; b=",
        ))  # fmt: skip
        value = self._signature(data)
        return b"".join((
            self._wire_start, t, b";\r\n h=", names.folded, b";\r\n bh=", digest, b";\r\n b=", value, b"\r\n",
        ))  # fmt: skip

    def _signature(self, data: bytes) -> bytes:
        """The folded base64 signature of the canonical headers."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            raw = self._key.sign(data, _PKCS1, _SHA256)
        else:
            raw = self._key.sign(hashlib.sha256(data).digest())
        value = b2a_base64(raw, newline=False)
        return b"\r\n ".join([value[at : at + LINE] for at in range(0, len(value), LINE)])


class Names:
    """The `h=` tag: names of the signed headers in order, plain for the hash and folded for the wire."""

    __slots__ = ("folded", "plain")

    def __init__(self, names: Iterable[bytes]) -> None:
        lines: list[list[bytes]] = [[]]
        for each in names:
            if sum(len(name) + 1 for name in lines[-1]) + len(each) > LINE - 4:
                lines.append([])
            lines[-1].append(each)
        # A fold is a space in canonical form, so the plain text has spaces at the same places.
        self.folded = b":\r\n ".join(b":".join(line) for line in lines)
        self.plain = b": ".join(b":".join(line) for line in lines)


def header_names(present: Iterable[bytes]) -> list[bytes]:
    """The names for `h=`, given the lower-case names of a message's headers, in the order in which to hash
    them.

    What occurs several times is named as often; over-signed ones are named once more, which hashes to
    nothing.
    """
    counted = list(present)
    names: list[bytes] = []
    for name in OVER_SIGNED:
        names += [name] * (counted.count(name) + 1)
    for name in SIGNED:
        names += [name] * counted.count(name)
    return names


def signed_headers(headers: list[tuple[bytes, bytes]]) -> tuple[Names, bytes]:
    """`h=` and the canonical block for canonical (name, line) headers; repeated ones count from below."""
    left: dict[bytes, list[bytes]] = {}
    for name, line in headers:
        left.setdefault(name, []).append(line)
    names = header_names(name for name, _line in headers)
    block = b"".join(left[name].pop() for name in names if left.get(name))
    return Names(names), block


def canonical_headers(head: bytes) -> list[tuple[bytes, bytes]]:
    """(lower-case name, canonical line with CRLF) of each header, in order (RFC 6376, 3.4.2)."""
    found = []
    for field in _FIELD_END.split(head.removesuffix(b"\r\n")):
        if not field:
            continue
        match = _HEADER.fullmatch(field)
        if match is None:
            raise Invalid(_("A message to be signed has a line in its headers that is no header."))
        name = match[1].lower()
        found.append((name, name + b":" + canonical_value(match[2]) + b"\r\n"))
    return found


def canonical_value(value: bytes) -> bytes:
    """A header's value unfolded, with each run of spaces and tabs made one space and none at the ends."""
    return _SPACES.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")


def canonical_body(body: bytes) -> bytes:
    """A body of whole lines in relaxed form (RFC 6376, 3.4.4): spaces reduced, no empty lines at the end."""
    body = _SPACES.sub(b" ", _TRAILING_SPACE.sub(b"\r\n", body))
    end = len(body)
    while body.endswith(b"\r\n\r\n", 0, end):
        end -= 2
    return b"" if body[:end] == b"\r\n" else body[:end]


def body_hash(canonical: bytes) -> bytes:
    """The `bh=` of a body in canonical form."""
    return b2a_base64(hashlib.sha256(canonical).digest(), newline=False)


def _loaded(pem: bytes) -> rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Invalid(_("The DKIM key cannot be read: it must be an unencrypted private key in PEM.")) from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Invalid(_("A DKIM key must be RSA or Ed25519."))
    if key.key_size < LEAST_RSA_BITS:
        raise Invalid(_("A DKIM key of {bits} bits is too short: use 2048.").format(bits=key.key_size))
    return key
