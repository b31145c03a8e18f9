"""Takes the reports out of a mail: attachments in gzip, zip or plain, never more of them than the limits say.

A bomb is cut off while it unpacks, not after: what is larger than `MOST_UNPACKED` is refused unread.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

LARGEST_MAIL = 20_000_000  # octets
LONGEST_LINES = 300_000
MOST_NESTED = 30  # lines that announce parts, counted before anything is parsed
MOST_PARTS = 60
MOST_REPORTS = 10
MOST_UNPACKED = 30_000_000  # octets of one report
CONTAINER = re.compile(rb"content-type[ \t]*:\s*(?:multipart|message)/", re.IGNORECASE)
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


class Short(Compat32):
    """Keeps the beginning of every header only: readers of structured headers take quadratic time."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name[:200], value[:2_000]


def reports_in(raw: bytes) -> Iterator[bytes]:
    """Every unpacked attachment that begins like XML or JSON. Raises Invalid for what is beyond the limits."""
    if len(raw) > LARGEST_MAIL or raw.count(b"\n") > LONGEST_LINES or len(CONTAINER.findall(raw)) > MOST_NESTED:
        raise too_much()
    found = 0
    for octets in attachments(message_from_bytes(raw, policy=Short())):
        for report in unpacked(octets):
            if report.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"{"):
                found += 1
                if found > MOST_REPORTS:
                    raise too_much()
                yield report


def attachments(message: Message) -> Iterator[bytes]:
    """The decoded leaves, in order; no attached mail is opened."""
    waiting = [message]
    for _number in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        content = part.get_payload()
        if isinstance(content, list):
            if part.get_content_maintype() == "multipart":
                waiting += [each for each in content if isinstance(each, Message)]
            continue
        octets = part.get_payload(decode=True)
        if isinstance(octets, bytes) and not part.get_content_type().startswith("text/plain"):
            yield octets


def unpacked(octets: bytes) -> Iterator[bytes]:
    """What a gzip or zip file holds, or the octets themselves."""
    if octets.startswith(GZIP):
        yield ungzipped(octets)
    elif octets.startswith(ZIP):
        yield from unzipped(octets)
    else:
        yield octets


def ungzipped(octets: bytes) -> bytes:
    packed = zlib.decompressobj(wbits=31)
    try:
        text = packed.decompress(octets, MOST_UNPACKED)
    except zlib.error:
        raise damaged() from None
    if packed.unconsumed_tail:
        raise too_much()
    if not packed.eof:
        raise damaged()
    return text


def unzipped(octets: bytes) -> Iterator[bytes]:
    """Read to the limit, whatever size the file's own list states."""
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as file:
            for number, name in enumerate(file.infolist()):
                if number >= MOST_REPORTS:
                    raise too_much()
                if not name.is_dir():
                    with file.open(name) as entry:
                        text = entry.read(MOST_UNPACKED + 1)
                    if len(text) > MOST_UNPACKED:
                        raise too_much()
                    yield text
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise damaged() from None


def too_much() -> Invalid:
    return Invalid(_("The report is larger than reports are, packed or unpacked, and was not read."))


def damaged() -> Invalid:
    return Invalid(_("The report's attachment is damaged and cannot be unpacked."))
