"""Says what a reply means, and to whom: to this contact, to the campaign, or to the relay.

A relay's fault is not a contact's fault. Only a 5xx to RCPT (not 5.7.x), or to the final dot with 5.1.x or
5.2.x, is final for a contact. Everything else leaves the contact pending and counts against the campaign or
the relay. Reasons stand in `reply_reasons.csv` (enhanced codes by RFC 3463 and RFC 5248, plus what large
providers write).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from fairpost.engine.ports import Reply

State = Literal["accepted", "deferred", "failed", "refused", "relay_trouble", "in_doubt"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`final` is True where this contact must not be tried again for this campaign: accepted, or failed for
    good.

    accepted: the relay took the message. deferred: try again later. failed: the address is at fault.
    refused: policy, content or sender is at fault, the contact stays pending and repeated identical ones
    stop the campaign. relay_trouble: counts against the relay. in_doubt: the dot was written and no reply
    came.
    """

    state: State
    reason: str
    final: bool


ACCEPTED = Outcome("accepted", "accepted", True)
IN_DOUBT = Outcome("in_doubt", "no_reply_to_dot", False)
TROUBLE = {
    stage: Outcome("relay_trouble", f"{stage}_refused", False)
    for stage in ("banner", "ehlo", "starttls", "auth", "mail")
}
LOST = Outcome("relay_trouble", "connection_lost", False)
CLOSING = Outcome("relay_trouble", "relay_closing", False)
UNREACHABLE = Outcome("relay_trouble", "unreachable", False)
SENDERS_ADDRESS = Outcome("refused", "sender_refused", False)


@dataclass(frozen=True, slots=True)
class Row:
    stage: str
    code: str
    subject: str
    detail: str
    pattern: re.Pattern[str] | None
    outcome: Outcome

    def fits(self, reply: Reply) -> bool:
        if self.stage not in ("*", reply.stage) or not str(reply.code).startswith(self.code):
            return False
        if self.subject != "*":
            if reply.enhanced is None or str(reply.enhanced[1]) != self.subject:
                return False
            if self.detail not in ("x", str(reply.enhanced[2])):
                return False
        return self.pattern is None or self.pattern.search(reply.text) is not None


def classify(reply: Reply) -> Outcome:
    """What this reply means. Pure; the same reply always gives the same outcome."""
    if reply.stage == "dot" and 200 <= reply.code < 300:
        return ACCEPTED
    if reply.code == 0:
        return without_reply(reply)
    if reply.code == 421:
        return CLOSING
    if reply.enhanced is not None and reply.enhanced[0] == 5 and reply.enhanced[1:] == (6, 7):
        return by_table(reply)
    if reply.stage == "connect":
        return UNREACHABLE
    if reply.stage == "mail" and reply.enhanced is not None and reply.enhanced[1:] in ((1, 7), (1, 8)):
        return SENDERS_ADDRESS
    return TROUBLE.get(reply.stage) or by_table(reply)


def without_reply(reply: Reply) -> Outcome:
    if reply.stage == "dot":
        return IN_DOUBT
    return UNREACHABLE if reply.stage == "connect" else LOST


def by_table(reply: Reply) -> Outcome:
    for row in table():
        if row.fits(reply):
            return row.outcome
    return Outcome("relay_trouble", "unexpected_reply", False)


@cache
def table() -> tuple[Row, ...]:
    """The rows of reply_reasons.csv, in order."""
    text = (files(__package__) / "reply_reasons.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(row_from(fields) for fields in csv.DictReader(lines))


def row_from(fields: dict[str, str]) -> Row:
    subject, _, detail = fields["enhanced"].partition(".")
    pattern = re.compile(fields["pattern"], re.IGNORECASE) if fields["pattern"] else None
    outcome = Outcome(cast(State, fields["state"]), fields["reason"], fields["final"] == "yes")
    return Row(fields["stage"], fields["code"], subject, detail, pattern, outcome)
