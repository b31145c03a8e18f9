"""Says at which command of SMTP a refusal came, as far as a notice tells it.

It matters: "user unknown" in reply to RCPT means that there is no such user; the same in reply to the message itself
comes from a filter that did know the user a moment before.
"""

from __future__ import annotations

import re

from fairpost.engine.outcomes.signs import sign

STAGES = ("data", "rcpt", "mail", "connect")
COMMANDS = {
    "rcpt": "rcpt",
    "data": "data",
    "bdat": "data",
    ".": "data",
    "mail": "mail",
    "ehlo": "connect",
    "helo": "connect",
    "lhlo": "connect",
}
TALK = re.compile(r"^\s{0,4}(>>>|<<<)\s?(.{0,500})$")
NEEDS_RCPT = re.compile(
    r"need rcpt|rcpt \(recipient\)|valid recipients|need valid rcpt|no recipients|rcpt first|rcpt command",
    re.IGNORECASE,
)
OWN_REPLY = re.compile(r"^\s{0,4}[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?")


def stage_in(text: str) -> str:
    """rcpt, data, mail, connect, or "" where the text does not say."""
    flat = " ".join(text.split())
    first = [(match.start(), stage) for stage in STAGES if (match := sign(stage).search(flat))]
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
            if answered == "data" and is_own_word_of_user(line):
                answered = "rcpt"
            continue
        said = " ".join(match[2].split())
        if match[1] == ">>>":
            command = COMMANDS.get(said.partition(" ")[0].lower(), command if said else "")
        elif answered == "data" and NEEDS_RCPT.search(said):
            answered = "rcpt"
        elif wanted and said.lower().startswith(wanted[: len(said)]):
            answered = command or "connect"
    return answered


def is_own_word_of_user(line: str) -> bool:
    """sendmail's own line below what the other server said: `550 5.1.1 <ada@...>... User unknown`."""
    return OWN_REPLY.match(line) is not None and "..." in line and "user unknown" in line.lower()
