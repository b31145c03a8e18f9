"""Cuts what a relay sends into complete SMTP replies, and refuses what cannot be one.

Sizes are capped, so that a relay that never stops talking costs a few kilobytes and a closed connection: a
line at most 1,000 octets (RFC 5321, 4.5.3.1.5 asks for 512), a reply at most 100 lines.
"""

from __future__ import annotations

MAX_LINE = 1000
MAX_LINES = 100

CODES = {b"%03d" % code: code for code in range(200, 560)}


class MalformedReply(Exception):
    """What came from the relay is no SMTP reply; the dialogue cannot be continued."""


class ReplyParser:
    """Feed it bytes as they come; it gives back the replies that are complete. One per connection."""

    def __init__(self) -> None:
        self._rest = b""
        self._code = 0
        self._lines: list[bytes] = []

    @property
    def pending(self) -> bool:
        """True while a reply has begun but is not complete."""
        return bool(self._rest or self._lines)

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The replies completed by `data`: code and text, lines of one reply joined with LF.

        Raises MalformedReply for anything that is not `DDD text`, `DDD-text` (RFC 5321, 4.2.1), for codes
        that change within one reply and for replies over the caps.
        """
        lines = (self._rest + data).split(b"\r\n") if self._rest else data.split(b"\r\n")
        self._rest = lines.pop()
        if len(self._rest) > MAX_LINE:
            raise MalformedReply(f"a reply line of more than {MAX_LINE} octets")
        replies = []
        for line in lines:
            code = CODES.get(line[:3])
            if code is None or len(line) > MAX_LINE:
                raise MalformedReply(f"not a reply: {shown(line[:80])}")
            separator = line[3:4]
            if not self._lines and (separator == b" " or not separator):
                replies.append((code, line[4:]))
            else:
                self._continue(code, separator, line, replies)
        return replies

    def _continue(self, code: int, separator: bytes, line: bytes, replies: list[tuple[int, bytes]]) -> None:
        if separator not in (b"-", b" ", b""):
            raise MalformedReply(f"not a reply: {shown(line[:80])}")
        if self._lines and code != self._code:
            raise MalformedReply(f"a reply that begins with {self._code} and goes on with {code}")
        self._code = code
        self._lines.append(line[4:])
        if len(self._lines) > MAX_LINES:
            raise MalformedReply(f"a reply of more than {MAX_LINES} lines")
        if separator != b"-":
            replies.append((code, b"\n".join(self._lines)))
            self._lines = []


def shown(text: bytes) -> str:
    """Reply text for people and logs: control characters replaced, at most 500 characters."""
    decoded = text.decode("utf-8", "replace")
    if decoded.isprintable():
        return decoded[:500]
    return "".join(c if c.isprintable() else " " if c == "\n" else "\ufffd" for c in decoded[:500])
