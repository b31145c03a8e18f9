"""Finds the failed recipients, and what is said of each, in notices that no standard describes.

Whoever writes such a notice puts the address at the start of a line, behind a name ("Recipient address:"), in a
sentence about delivery, or in a transcript. Strong signs come first; a weak one is taken only where no stronger is.
"""

from __future__ import annotations

import re

from fairpost.engine.outcomes.bounded_mail import Fields
from fairpost.engine.outcomes.evidence import ADDRESS, MAX_RECIPIENTS, Evidence, addresses_in, one_line
from fairpost.engine.outcomes.notice import Notice
from fairpost.engine.outcomes.signs import sign
from fairpost.engine.outcomes.stages import COMMANDS

MAX_LINES = 1_500
QUOTED = r"""[\s>*•·|+#-]{0,24}["'<(\[]{0,3}"""
REST = r"(?P<rest>.{0,900})$"
AT_START = re.compile(rf"{QUOTED}(?:rfc822;\s?|smtp:|mailto:|user )?{ADDRESS.pattern}{REST}", re.DOTALL)
AFTER_NAME = re.compile(
    rf"\s{{0,16}}(?P<name>[^:@<>]{{2,70}}):\s{{0,8}}[\"'<]{{0,2}}{ADDRESS.pattern}{REST}", re.DOTALL
)
OWN_LINE = re.compile(
    rf"\s{{0,4}}(?P<code>[45]\d\d)[ -](?P<status>[45]\.\d{{1,3}}\.\d{{1,3}} )?<?{ADDRESS.pattern}>?\.\.\.{REST}"
)
HOST_LINE = re.compile(r"\s{0,4}[45]\d\d[ -]([45]\.\d{1,3}\.\d{1,3} )?[^<\s@]{1,120}( \([^)]{1,40}\))?\.\.\. ")
COMMAND = re.compile(r"\s{0,4}>>> ?(\w{1,10})")
REPLY = re.compile(r"\s{0,4}<<< ?(.{0,500})")
FIELD_OF_PROGRAM = re.compile(r"\s{0,8}x-[\w-]{1,60}:", re.IGNORECASE)
TALKING = re.compile(r"while talking to", re.IGNORECASE)


def recipients_in(notice: Notice) -> list[Evidence]:
    """The failed recipients, in order, each with the text that belongs to it; empty where none is named."""
    named = listed(notice.fields)
    wanted = {name.lower() for name in named}
    lines = notice.words.split("\n")[:MAX_LINES]
    others = not_recipients(notice)
    for finding in (
        lambda: in_transcript(lines),
        lambda: segments(lines, announced(lines, others, named)),
        lambda: segments(lines, in_sentences(lines, others)),
        lambda: segments(lines, announced(lines, set(), named)),
    ):
        found = finding()
        if named:
            found = [each for each in found if each.recipient.lower() in wanted]
            if len(found) < len(named) and found:
                continue
        if found:
            return found[:MAX_RECIPIENTS]
    text = one_line(notice.words)
    return [Evidence(each, text) for each in named or original_recipients(notice, others)][:MAX_RECIPIENTS]


def listed(fields: Fields) -> list[str]:
    """Exim and Gmail list the recipients in a field of their own."""
    return addresses_in(" ".join(fields.all("x-failed-recipients")))


def not_recipients(notice: Notice) -> set[str]:
    """Addresses that a notice names for other reasons: who sent the message, and who writes this."""
    fields = notice.fields
    values = [fields.get(name) for name in ("from", "to", "sender", "reply-to", "return-path", "delivered-to", "cc")]
    values += [notice.original.get(name) for name in ("from", "return-path", "sender", "reply-to")]
    return {each.lower() for each in addresses_in(" ".join(values))} - {
        each.lower() for each in addresses_in(notice.original.get("to"))
    }


def in_transcript(lines: list[str]) -> list[Evidence]:
    """sendmail, old and new: what was said to the other server, then a line for the recipient (`550 <ada@...>... `).

    Where that line is missing, the refused RCPT itself names the recipient.
    """
    found: dict[str, Evidence] = {}
    refused: dict[str, Evidence] = {}
    replies: list[str] = []
    stage = asked = ""
    for line in lines:
        if TALKING.search(line) or HOST_LINE.match(line):
            replies, stage = [], ""
        elif match := COMMAND.match(line):
            stage = COMMANDS.get(match[1].lower(), stage)
            asked = next(iter(addresses_in(line)), "") if stage == "rcpt" else ""
        elif match := REPLY.match(line):
            replies.append(match[1])
            if asked and match[1][:1] in ("4", "5"):
                refused.setdefault(asked.lower(), Evidence(asked, one_line(match[1]), stage="rcpt"))
        elif match := OWN_LINE.match(line):
            own = f"{match['code']} {match['status'] or ''}{match['rest']}"
            if "user unknown" in own.lower():
                stage = "rcpt"
            text = one_line(" ".join([*replies, own]))
            found.setdefault(match[3].lower(), Evidence(match[3], text, stage=stage))
            replies = []
    return list({**refused, **found}.values())


def announced(lines: list[str], others: set[str], named: list[str]) -> list[tuple[int, str, str]]:
    """(line, address, rest of the line) for each line that begins with an address, or names one behind a colon."""
    wanted = {each.lower() for each in named}
    found: list[tuple[int, str, str]] = []
    for number, line in enumerate(lines):
        match = AT_START.match(line)
        if match is None:
            match = AFTER_NAME.match(line)
            if match is None or (sign("not_recipient").search(match["name"]) and match[2].lower() not in wanted):
                continue
            address = match[2]
        else:
            address = match[1]
        if address.lower() in others and address.lower() not in wanted:
            continue
        found.append((number, address.rstrip("."), match["rest"]))
    return found


def in_sentences(lines: list[str], others: set[str]) -> list[tuple[int, str, str]]:
    """Addresses in sentences about delivery, right behind the word that makes them its aim."""
    found: list[tuple[int, str, str]] = []
    for number, line in enumerate(lines):
        for match in ADDRESS.finditer(line[:900]):
            before = (lines[number - 1][-160:] + " " if number else "") + line[: match.start()]
            before = before.rstrip("<\"'([ ") + " "
            if (
                match[1].lower() not in others
                and sign("delivery").search(before[-200:])
                and sign("to_whom").search(before)
            ):
                found.append((number, match[1].rstrip("."), line[match.end() :]))
    return found


def segments(lines: list[str], starts: list[tuple[int, str, str]]) -> list[Evidence]:
    """The text from each address to the next. What is said twice, in two languages say, is put together."""
    if not starts:
        return []
    lines = ["" if FIELD_OF_PROGRAM.match(line) else line for line in lines]
    texts: dict[str, tuple[str, list[str]]] = {}
    for (number, address, rest), after in zip(starts, [*starts[1:], (len(lines), "", "")], strict=True):
        text = "\n".join([rest, *lines[number + 1 : min(after[0], number + 40)]])
        texts.setdefault(address.lower(), (address, []))[1].append(text)
    before = "\n".join(lines[: starts[0][0]])
    only = len(texts) == 1
    found = []
    for address, said in texts.values():
        text = one_line("\n".join(said))
        if len(re.sub(r"\W", "", text)) < 12 or (only and len(text) < 60):
            text = one_line(f"{text} {before}")
        found.append(Evidence(address, text))
    return found


def original_recipients(notice: Notice, others: set[str]) -> list[str]:
    """To whom the message went that came back, where the notice itself names nobody."""
    named = [each for each in addresses_in(notice.words) if each.lower() not in others]
    sent = addresses_in(" ".join(notice.original.get(name) for name in ("x-original-to", "delivered-to", "to")))
    return [each for each in sent if each in named] or sent or named[:1]
