"""DKIM keys and the DNS records that publish them (RFC 6376, 3.6.1; RFC 8463 for Ed25519)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

Algorithm = Literal["rsa", "ed25519"]
RSA_BITS = 2048  # RFC 8301: at least 1024, should be 2048; larger keys no longer fit one UDP answer


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A new key: PKCS#8 PEM of the private key and the base64 that goes into `p=`."""

    private_key_pem: bytes
    public_key: str


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """One record to publish. `value` is the whole value, `strings` the same cut for zone files."""

    name: str
    type: str
    value: str
    strings: tuple[str, ...] = ()
    purpose: str = ""


def generate(algorithm: Algorithm) -> KeyPair:
    """A new key pair of 2048-bit RSA or Ed25519."""
    if algorithm == "rsa":
        key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        key = ed25519.Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return KeyPair(pem, base64.b64encode(public).decode("ascii"))


def key_record(domain_name: str, selector: str, algorithm: str, public_key: str) -> DnsRecord:
    """The TXT record that publishes a key."""
    return txt_record(f"{selector}._domainkey.{domain_name}", f"v=DKIM1; k={algorithm}; p={public_key}", purpose="dkim")


def txt_record(name: str, value: str, purpose: str = "") -> DnsRecord:
    """A TXT record whose value is cut into strings of at most 255 octets (RFC 1035, 3.3)."""
    return DnsRecord(name, "TXT", value, tuple(value[i : i + 255] for i in range(0, len(value), 255)), purpose)


def zone_line(record: DnsRecord) -> str:
    """The record as a line of a zone file."""
    value = " ".join(f'"{each}"' for each in record.strings) if record.type == "TXT" else record.value
    return f"{record.name}. IN {record.type} {value}"
