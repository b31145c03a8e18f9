"""Looks at received mails with other people's eyes: dkimpy for the signature, Python's email package for the rest."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

import dkim

from fairpost.engine.transport.recording_sink import Recording


@dataclass(frozen=True, slots=True)
class Verified:
    """How many mails were looked at, and what was wrong (normally nothing), as (recipient, complaint)."""

    looked_at: int
    received: int
    recipients: int
    doubled: int
    complaints: tuple[tuple[str, str], ...]


def verify_sample(recording: Recording, records: Mapping[str, str], domain: str, size: int = 200) -> Verified:
    """Checks `size` mails drawn at random. `records` are DNS TXT records by name, as they would be published."""
    counts = recording.recipients
    entries = list(recording)
    sample = random.Random(7).sample(entries, min(size, len(entries)))
    complaints = []
    for entry in sample:
        content = recording.content(entry)
        complaints += [(entry.recipients[0], each) for each in check(content, entry.recipients[0], records, domain)]
    doubled = sum(1 for count in counts.values() if count > 1)
    return Verified(len(sample), len(entries), len(counts), doubled, tuple(complaints))


def check(content: bytes, recipient: str, records: Mapping[str, str], domain: str) -> list[str]:
    """Everything that is wrong with one mail."""
    found = []
    txt = {name.rstrip(".").lower(): value.encode() for name, value in records.items()}

    def lookup(name: bytes, timeout: int = 5) -> bytes | None:
        return txt.get(name.decode().rstrip(".").lower())

    if not dkim.verify(content, dnsfunc=lookup):
        found.append("the DKIM signature does not verify")
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    found += [f"defect: {defect!r}" for part in message.walk() for defect in part.defects]
    if [each.addr_spec for each in message["To"].addresses] != [recipient]:
        found.append("To is not the recipient")
    if not message["From"].addresses[0].addr_spec.endswith("@" + domain):
        found.append("From is not of the sending domain")
    if "List-Unsubscribe=One-Click" not in str(message["List-Unsubscribe-Post"]):
        found.append("one-click unsubscribe is missing")
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        if part is None or "{{" in part.get_content() or "Lakeland Victory Fund" not in part.get_content():
            found.append(f"the {kind} part is missing or not filled")
    return found
