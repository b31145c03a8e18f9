"""Tells a wish to be left alone from what programs send to the same address.

An unsubscribe address (RFC 2369) stands in the header of the mail alone. Whoever writes there wants to leave, or a
program does so for them: that is why "auto-generated" counts (RFC 3834, section 5), and a reply of a program, a report
or a bounce does not. No word of the text counts: some mailbox providers write "automatically generated" into theirs.
"""

from __future__ import annotations

from fairpost.engine.outcomes.bounded_mail import MAX_HEADER_OCTETS, Fields, media_type, split_head

REPLIES = ("auto-replied", "auto-notified")
REPLY_FIELDS = ("x-autoreply", "x-autorespond", "x-vacation")


def head_of(raw: bytes) -> Fields:
    """The header of a mail, within the limits of `bounded_mail`."""
    octets = raw[: MAX_HEADER_OCTETS * 2].replace(b"\r\n", b"\n").lstrip(b"\n")
    return split_head(octets)[0]


def is_wish(head: Fields, sender: str) -> bool:
    """Whether somebody, or their program, asks to be left alone. `sender` is that of the envelope."""
    if sender in ("", "<>"):  # RFC 3464, 2: notices come from nobody
        return False
    if head.get("auto-submitted").lower().strip().startswith(REPLIES):
        return False
    if media_type(head)[0] == "multipart/report":
        return False
    if head.get("precedence").lower() in ("auto_reply", "auto-reply"):
        return False
    return not any(name in head for name in REPLY_FIELDS)
