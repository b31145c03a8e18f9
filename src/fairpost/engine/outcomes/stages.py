"""Says at which command of SMTP a refusal came, as far as a notice tells it.

It matters: "user unknown" in reply to RCPT means that there is no such user; the same in reply to the message itself
comes from a filter that did know the user a moment before.
"""

from __future__ import annotations

import re
from typing import Final

STAGES: Final = (
    (
        "data",
        re.compile(
            r"in reply to (?:the )?(?:end of )?data|after (?:the )?(?:end of )?(?:sending )?(?:the )?data\b"
            r"|(?:after|during|in|for|of|following) (?:the )?(?:end of )?(?:data|text|bdat)(?: command|\b)(?! error)|smtp:data|final data"
            r"|failed after i sent the message|>>> ?\.\s|\(state 1[678]\)|smtp command\s+data|\[(?:data|eod|end_of_data)\]",
            re.IGNORECASE,
        ),
    ),
    (
        "rcpt",
        re.compile(
            r"(?:in reply to|after|during|in|for|our|of|following) (?:the )?rcpt|smtp:rcpt|\[rcpt_?to\]|does not like recipient"
            r"|\(state 1[45]\)|smtp command\s+rcpt|>>> ?rcpt",
            re.IGNORECASE,
        ),
    ),
    (
        "mail",
        re.compile(
            r"(?:in reply to|after|during|in|for|our|of|following) (?:the )?mail (?:from|command)|smtp:mail|but sender was rejected|\[mail_?from\]"
            r"|does not like sender|\(state 1[23]\)|smtp command\s+mail",
            re.IGNORECASE,
        ),
    ),
    (
        "connect",
        re.compile(
            r"(?:in reply to|after|during|in|for|our|of) (?:the )?(?:ehlo|helo|lhlo|connect command)|initial connection"
            r"|refused to talk to me|my name was rejected|greeting failed|initial server greeting|smtp command\s+(?:ehlo|helo|conn)"
            r"|\(state [89]\)",
            re.IGNORECASE,
        ),
    ),
)
TALK = re.compile(r"^\s{0,4}(>>>|<<<)\s?(.{0,500})$")
NEEDS_RCPT = re.compile(r"need rcpt|rcpt \(recipient\)|valid recipients|need valid rcpt|no recipients|rcpt first|rcpt command", re.IGNORECASE)
OWN_REPLY = re.compile(r"^\s{0,4}[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?")
COMMANDS = {"rcpt": "rcpt", "data": "data", "mail": "mail", "ehlo": "connect", "helo": "connect", ".": "data", "bdat": "data"}


def stage_in(text: str) -> str:
    """rcpt, data, mail, connect, or "" where the text does not say."""
    flat = " ".join(text.split())
    first = [(match.start(), stage) for stage, pattern in STAGES if (match := pattern.search(flat))]
    return min(first)[1] if first else ""


def stage_in_talk(words: str, reply: str) -> str:
    """The command that was answered with this reply, from a transcript with >>> and <<< lines.

    With pipelining (RFC 2920) the answer to RCPT is shown below DATA; then the answer to DATA itself, "503 Need
    RCPT", follows.
    """
    command, answered = "", ""
    wanted = " ".join(reply.split())[:40].lower()
    for line in words.split("\n"):
        match = TALK.match(line)
        if match is None:
            if answered == "data" and OWN_REPLY.match(line) and "user unknown" in line.lower() and "..." in line:
                answered = "rcpt"
            continue
        said = " ".join(match[2].split())
        if match[1] == ">>>":
            command = COMMANDS.get(said.partition(" ")[0].lower(), command if said else "")
        elif answered in ("data", "") and NEEDS_RCPT.search(said) and (answered or command == "data"):
            answered = "rcpt" if answered else ""
        elif wanted and said.lower().startswith(wanted[: len(said)]):
            answered = command or "connect"
    return answered
