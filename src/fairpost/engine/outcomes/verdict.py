"""Makes a class of what is said of a recipient: first the text of the refusal, then its codes.

The table `bounce_reasons.csv` holds what texts and codes mean. Only `unknown_user` and `unknown_host` are hard, and
only where the words or codes speak of the address itself: a refusal of the sender, the server or the message
never suppresses anybody.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import cast

from fairpost.engine.outcomes.evidence import ADDRESS, Evidence
from fairpost.engine.outcomes.failed_recipient import HARD, Class, FailedRecipient
from fairpost.engine.outcomes.stages import stage_in

ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d)\.(\d{1,3})(?![\d.]\d|\.\d)")
REPLY_CODE = re.compile(r"(?<![\d.:/_-])([245]\d\d)(?=$|[\s:;,\-'\"<]|\)? )")
CODE_BEFORE = re.compile(r"(?:^|\s|[\"'(:;<#])([45]\d\d)[\s-]{1,3}#?[\"']?(?:[45]\.\d\.\d{1,3})")
UNSPECIFIC = re.compile(r"[245]\.0\.0")
WEAK = 0.7
SPEAKS = 0.8
SHORTEST = 300
TOGETHER = 32_000
QUOTING = re.compile(r"\d\.\d\.\d{1,3} - [\w ]{1,60} \d{3}-?'(.{4,900}?)'(?: \(|$)")
REASON = re.compile(r"\(reason: (.{4,900}?)\)(?= \(expanded| -{3,}|$)")

CATEGORIES: dict[str, Class] = {
    "bad-mailbox": "unknown_user",
    "bad-domain": "unknown_host",
    "inactive-mailbox": "disabled",
    "quota-issues": "mailbox_full",
    "spam-related": "content",
    "virus-related": "content",
    "content-related": "content",
    "policy-related": "policy",
    "relaying-issues": "policy",
    "invalid-sender": "policy",
    "message-expired": "temporary",
    "no-answer-from-host": "temporary",
    "bad-connection": "temporary",
    "routing-errors": "temporary",
    "bad-configuration": "temporary",
}


@dataclass(frozen=True, slots=True)
class Row:
    stages: frozenset[str]
    code: tuple[str, ...]
    status: re.Pattern[str] | None
    pattern: re.Pattern[str] | None
    cls: Class
    sure: float

    def fits(self, text: str, code: str, status: str, stage: str) -> bool:
        if self.stages and (stage or "-") not in self.stages:
            return False
        if self.code and not code.startswith(self.code):
            return False
        if self.status is not None and self.status.fullmatch(status) is None:
            return False
        return self.pattern is None or self.pattern.search(text) is not None


def judge_all(evidence: Sequence[Evidence], context: str) -> tuple[FailedRecipient, ...]:
    """What is meant for each recipient. The more there are, the less is read of each text, so that a notice with
    hundreds of long ones takes no longer than one with a few."""
    most = max(SHORTEST, TOGETHER // max(1, len(evidence)))
    return tuple(judge(replace(each, text=each.text[:most]), context) for each in evidence)


def judge(evidence: Evidence, context: str = "") -> FailedRecipient:
    """What this evidence means. `context` is the whole notice, asked where the evidence itself says little."""
    code, status = codes(evidence)
    stage = evidence.stage or stage_in(evidence.text) or stage_in(context)
    cls, sure = by_action(evidence, status) or by_category(evidence) or by_words(evidence, context, code, status, stage)
    return FailedRecipient(
        evidence.recipient, status, code, cls, cls in HARD, round(sure, 2), evidence.text[:1_000], evidence.action
    )


def by_words(evidence: Evidence, context: str, code: str, status: str, stage: str) -> tuple[Class, float]:
    """By the refusal's own text and codes; by the rest of the notice where those say little."""
    cls, sure = by_table(ADDRESS.sub("@", quoted(evidence.text)), code, status, stage)
    if sure < WEAK and context:
        wider = by_table(ADDRESS.sub("@", context), code, "", stage)
        if wider[1] >= SPEAKS and wider[1] * 0.85 > sure:
            cls, sure = wider[0], wider[1] * 0.85
    return at_this_stage(cls, sure, code, status, stage)


def by_category(evidence: Evidence) -> tuple[Class, float] | None:
    """PowerMTA states a category of its own (PowerMTA user's guide, "bounce categories")."""
    cls = CATEGORIES.get(evidence.category)
    return (cls, 0.9) if cls else None


def quoted(text: str) -> str:
    """The other server's words, where a system says which they are among its own: Cisco's gateways, sendmail."""
    match = QUOTING.search(text) or REASON.search(text)
    return match[1] if match else text


def by_action(evidence: Evidence, status: str) -> tuple[Class, float] | None:
    """Reports of success (RFC 3464, section 2.3.3) are no failures."""
    succeeded = evidence.action in ("delivered", "relayed", "expanded", "deliverable")
    if succeeded or (status.startswith("2.") and evidence.action != "failed"):
        return "not_a_failure", 0.95
    return None


def at_this_stage(cls: Class, sure: float, code: str, status: str, stage: str) -> tuple[Class, float]:
    """What the words mean at the command they answer, and beside the code they come with.

    Before any recipient was named, a refusal is one of the sender. A code of class 4 says "not now" and suppresses
    nobody (RFC 5321, section 4.2.1). "User unknown" in reply to the message itself, or
    with a code for policy (x.7.x), is the word of a filter; only x.1.x says otherwise. x.2.1 says that the mailbox is
    there (RFC 3463, section 3.3). A quoted reply without a code for the address and without its command may be
    either, and nobody is suppressed on a guess.
    """
    if cls in HARD and stage in ("connect", "mail"):
        return "policy", 0.7
    if cls in HARD and (code.startswith("4") or (status.startswith("4.") and not UNSPECIFIC.fullmatch(status))):
        return "temporary", 0.7
    if cls == "unknown_user" and not status[1:].startswith(".1."):
        if stage == "data" or (status[1:].startswith(".7.") and stage != "rcpt"):
            return "filtered", 0.7
        if stage != "rcpt" and (status or code):
            return "filtered", 0.55
    return cls, sure


def by_table(text: str, code: str, status: str, stage: str) -> tuple[Class, float]:
    for row in table():
        if row.fits(text, code, status, stage):
            return row.cls, row.sure
    return "other", 0.2


def codes(evidence: Evidence) -> tuple[str, str]:
    """Reply code and enhanced status code. What the text quotes is what the other server said, so it goes before a
    field that the reporting system made up."""
    text = quoted(evidence.text)
    named = [".".join(match.groups()) for match in ENHANCED.finditer(text)]
    told = [each for each in named if not UNSPECIFIC.fullmatch(each)]
    field = evidence.status
    status = told[0] if told else (field or (named[0] if named else ""))
    if told and field in told:
        status = field
    before = CODE_BEFORE.search(text) or REPLY_CODE.search(text)
    return (before[1] if before else ""), status


@cache
def table() -> tuple[Row, ...]:
    """The rows of bounce_reasons.csv, in order."""
    text = (files(__package__) / "bounce_reasons.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(row_from(fields) for fields in csv.DictReader(lines))


def row_from(fields: dict[str, str]) -> Row:
    stages = frozenset() if fields["stage"] == "*" else frozenset(fields["stage"].split("|"))
    code = () if fields["code"] == "*" else tuple(fields["code"].split("|"))
    statuses = [status_pattern(each) for each in fields["status"].split("|")]
    status = None if fields["status"] == "*" else re.compile("|".join(statuses))
    pattern = re.compile(fields["pattern"], re.IGNORECASE) if fields["pattern"] else None
    return Row(stages, code, status, pattern, cast(Class, fields["class"]), float(fields["sure"]))


def status_pattern(value: str) -> str:
    """Of `x.7.1` or `5.2.x`: x stands for any number."""
    head, *rest = value.split(".")
    numbers = [
        r"\d" if head == "x" else re.escape(head),
        *(r"\d{1,3}" if each == "x" else re.escape(each) for each in rest),
    ]
    return r"\.".join(numbers)
