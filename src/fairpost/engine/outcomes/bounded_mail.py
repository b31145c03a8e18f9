"""Splits any octets into the parts of a message, within fixed limits, and never recurses and never raises.

What comes back is written by strangers. The standard library's parser follows nesting as deep as it goes and
decodes whatever it is given; this one reads at most `MAX_OCTETS`, `MAX_PARTS` parts and `MAX_DEPTH` levels, and a
text of at most `MAX_TEXT` characters a part. What lies beyond is as if it were not there. MIME: RFC 2045, RFC 2046.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import quopri
import re
from dataclasses import dataclass
from email.header import decode_header

MAX_OCTETS = 1_048_576
MAX_PARTS = 48
MAX_DEPTH = 5
MAX_HEADER_OCTETS = 131_072
MAX_HEADER_FIELDS = 400
MAX_VALUE = 4_096
MAX_TEXT = 65_536
MAX_BOUNDARY = 200
NEAR = 500

FIELD = re.compile(r"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
PARAMETER = re.compile(r';\s*([\w*-]{1,40})\s*=\s*("[^"]{0,500}"|[^\s;"]{0,500})')
UNNAMED_BOUNDARY = re.compile(rb"^--([^\s].{0,199}?)[ \t]*\n(?:Content-[A-Za-z-]{1,40}:)", re.MULTILINE | re.IGNORECASE)
BREAKS = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6]|/?td)\b[^<>]{0,400}>", re.IGNORECASE)
UNSEEN = re.compile(r"<(style|script|title)\b[^<>]{0,400}>[^<]{0,40000}</\1>", re.IGNORECASE)
TAG = re.compile(r"<[/!a-zA-Z][^<>]{0,2000}>")


class Fields:
    """Header fields in order, names without regard to case; values unfolded, not yet decoded."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def get(self, name: str) -> str:
        """The first value of that name, or ""."""
        return next((value for each, value in self.pairs if each == name), "")

    def all(self, name: str) -> list[str]:
        return [value for each, value in self.pairs if each == name]

    def __contains__(self, name: str) -> bool:
        return any(each == name for each, _value in self.pairs)


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a message: its type in lower case, its fields, and its octets as they were sent."""

    kind: str
    parameters: dict[str, str]
    fields: Fields
    octets: bytes

    def text(self) -> str:
        """The text, decoded with whatever fits, cut at MAX_TEXT; HTML as plain lines."""
        octets = self.decoded()
        text = in_charset(octets[: MAX_TEXT * 3], self.parameters.get("charset", ""))[:MAX_TEXT]
        return as_plain(text) if self.kind == "text/html" else text

    def decoded(self) -> bytes:
        encoding = self.fields.get("content-transfer-encoding").strip().lower()
        octets = self.octets[: MAX_TEXT * 4]
        if encoding == "quoted-printable":
            return quopri.decodestring(octets)
        if encoding == "base64":
            return from_base64(octets)
        return octets


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as far as it is read: its fields, and its leaves in order."""

    fields: Fields
    parts: tuple[Part, ...]


def read_mail(raw: bytes) -> Mail:
    """The message in these octets; lines may end as they like, a leading mbox line is passed over."""
    octets = raw[:MAX_OCTETS].replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    if octets.startswith((b"From ", b">From ")):
        octets = octets.partition(b"\n")[2]
    top, body = split_head(octets)
    leaves: list[Part] = []
    waiting: list[tuple[Fields, bytes, int]] = [(top, body, 0)]
    while waiting and len(leaves) < MAX_PARTS:
        fields, body, depth = waiting.pop()
        kind, parameters = media_type(fields)
        boundary = parameters.get("boundary", "")
        if depth == 0:
            kind, boundary = with_boundary(kind, boundary, body)
        if kind.startswith("multipart/") and depth < MAX_DEPTH:
            inner = split_body(body, boundary)
            if inner:
                waiting.extend((*split_head(each), depth + 1) for each in reversed(inner))
                continue
            kind = "text/plain"
        leaves.append(Part(kind, parameters, fields, body))
    return Mail(top, tuple(leaves))


def with_boundary(kind: str, boundary: str, body: bytes) -> tuple[str, str]:
    """Some systems send parts and lose the field that says so, or name another boundary than they use."""
    if kind.startswith("multipart/"):
        lost = not boundary or b"--" + boundary.encode("utf-8", "surrogateescape")[:MAX_BOUNDARY] not in body
    else:
        lost = kind == ""
    found = UNNAMED_BOUNDARY.search(body[:NEAR]) if lost else None
    if found is None:
        return kind or "text/plain", boundary
    return kind if kind.startswith("multipart/") else "multipart/mixed", found[1].decode("latin-1")


def split_head(octets: bytes) -> tuple[Fields, bytes]:
    """Header fields and what follows the first empty line. No field at all means that it is all body."""
    if octets.startswith(b"\n"):
        return Fields([]), octets[1:]
    end = octets.find(b"\n\n", 0, MAX_HEADER_OCTETS)
    if end < 0:
        head, body = octets[:MAX_HEADER_OCTETS], octets[MAX_HEADER_OCTETS:]
    else:
        head, body = octets[:end], octets[end + 2 :]
    fields = fields_of(decoded_text(head))
    if end < 0 and not fields.pairs:
        return fields, octets
    return fields, body


def fields_of(text: str) -> Fields:
    """Unfolds and names header lines (RFC 5322, section 2.2); what is none goes with the line before."""
    pairs: list[tuple[str, list[str]]] = []
    for line in text.split("\n")[: MAX_HEADER_FIELDS * 10]:
        if line[:1] in (" ", "\t"):
            if pairs:
                pairs[-1][1].append(line.strip())
            continue
        match = FIELD.match(line[:MAX_VALUE])
        if match is None:
            if pairs:  # a folded line that lost its blank on the way
                pairs[-1][1].append(line.strip())
        else:
            pairs.append((match[1].lower(), [match[2].strip()]))
            if len(pairs) > MAX_HEADER_FIELDS:
                break
    return Fields([(name, " ".join(values)[:MAX_VALUE].strip()) for name, values in pairs])


def media_type(fields: Fields) -> tuple[str, dict[str, str]]:
    value = fields.get("content-type")
    kind = (value.replace(";", " ").split() or [""])[0].lower()
    parameters = {match[1].lower(): match[2].strip('"') for match in PARAMETER.finditer(value)}
    return kind, parameters


def split_body(body: bytes, boundary: str) -> list[bytes]:
    """The parts between the lines of this boundary; the last may lack its end."""
    mark = b"--" + boundary.encode("utf-8", "surrogateescape")[:MAX_BOUNDARY]
    if len(mark) < 3:
        return []
    pieces = re.split(rb"(?:^|\n)" + re.escape(mark) + rb"(--)?[ \t]*(?=\n|$)", body, maxsplit=MAX_PARTS)
    # re.split puts the captured end mark between the pieces; what follows the end mark is an epilogue
    parts: list[bytes] = []
    for ended, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if ended:
            break
        parts.append(piece[1:] if piece.startswith(b"\n") else piece)
    return parts


def from_base64(octets: bytes) -> bytes:
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", octets)
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except (binascii.Error, ValueError):
        return b""


def decoded_text(octets: bytes) -> str:
    """UTF-8 where it is that, else one character an octet."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def in_charset(octets: bytes, charset: str) -> str:
    try:
        name = codecs.lookup(charset).name if charset else "utf-8"
        if name in TEXT_CHARSETS or name.startswith(("iso", "cp", "koi8")):
            return octets.decode(name, "replace" if name.startswith("iso2022") else "strict")
    except (LookupError, ValueError):
        pass
    if b"\x1b$" in octets:
        return octets.decode("iso2022_jp", "replace")
    return decoded_text(octets)


TEXT_CHARSETS = frozenset({"utf-8", "ascii", "euc_jp", "shift_jis", "gb2312", "gbk", "gb18030", "big5", "euc_kr"})


def as_plain(markup: str) -> str:
    """The text of some HTML, a line for each block."""
    text = UNSEEN.sub("\n", markup)
    text = BREAKS.sub("\n", re.sub(r"\s+", " ", text))
    return html.unescape(TAG.sub("", text))


def in_words(value: str) -> str:
    """A header value with its encoded words decoded (RFC 2047)."""
    if "=?" not in value:
        return value
    try:
        pieces = [
            piece if isinstance(piece, str) else in_charset(piece, charset or "")
            for piece, charset in decode_header(value[:MAX_VALUE])
        ]
    except (ValueError, LookupError, binascii.Error):
        return value
    return "".join(pieces)
