"""Reads the per-recipient fields of a delivery status notification (RFC 3464, section 2.3), leniently.

Groups are parted by empty lines. Real ones come with fields in any order, without the type before the address,
with empty lines inside or with the first group missing, so a new group also begins where a recipient is named again.
"""

from __future__ import annotations

import re

from fairpost.engine.outcomes.bounded_mail import Fields, fields_of
from fairpost.engine.outcomes.evidence import MAX_RECIPIENTS, Evidence, one_line, only_address

STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
ACTION = re.compile(r"[a-z]+")
NAMES = ("final-recipient", "original-recipient", "x-actual-recipient")


def recipients_in(statuses: tuple[str, ...]) -> list[Evidence]:
    """One piece of evidence for each recipient group, in order."""
    found: list[Evidence] = []
    for text in statuses:
        for group in groups(text):
            evidence = evidence_of(group)
            if evidence is not None and evidence not in found:
                found.append(evidence)
            if len(found) >= MAX_RECIPIENTS:
                return found
    return found


def groups(text: str) -> list[Fields]:
    """The groups that name a recipient; one that names none goes with the recipient before or after it."""
    blocks = [fields_of(block) for block in re.split(r"\n[ \t]*\n", text.replace("\r", ""))[: MAX_RECIPIENTS * 3]]
    merged: list[Fields] = []
    loose: list[tuple[str, str]] = []
    for block in blocks:
        if any(name in block for name in NAMES):
            merged.append(Fields([*loose, *block.pairs]))
            loose = []
        elif "action" in block or "diagnostic-code" in block or "status" in block:
            if merged and "status" not in merged[-1]:
                merged[-1] = Fields([*merged[-1].pairs, *block.pairs])
            else:
                loose = block.pairs
    return [each for block in merged for each in apart(block)]


def apart(block: Fields) -> list[Fields]:
    """Parts a block in which a recipient is named twice, as some systems leave the empty line out."""
    starts = [number for number, (name, _value) in enumerate(block.pairs) if name == "final-recipient"]
    if len(starts) < 2:
        return [block]
    ends = [*starts[1:], len(block.pairs)]
    return [Fields(block.pairs[start:end]) for start, end in zip([0, *starts[1:]], ends, strict=True)]


def evidence_of(group: Fields) -> Evidence | None:
    """The recipient that was mailed: as its sender wrote it where that is told, else as it was in the end."""
    named = [only_address(group.get(name)) for name in ("original-recipient", "final-recipient", "x-actual-recipient")]
    recipient = next((each for each in named if "@" in each), next((each for each in named if each), ""))
    if not recipient:
        return None
    kind, mark, diagnostic = group.get("diagnostic-code").partition(";")
    if not mark or len(kind.strip()) > 40 or " " in kind.strip():
        kind, diagnostic = "", group.get("diagnostic-code")
    status = STATUS.search(group.get("status"))
    action = ACTION.match(group.get("action").lower())
    remark = group.get("status").partition("(")[2].rstrip(") ")
    # What a program on that machine said is told apart by its type (Postfix: x-unix).
    said = f"x-unix; {diagnostic}" if kind.strip().lower() == "x-unix" else diagnostic
    text = one_line(said) or one_line(remark)
    return Evidence(
        recipient,
        text,
        action=action[0] if action else "",
        status=".".join(status.groups()) if status else "",
        category=group.get("x-powermta-bouncecategory").lower()[:40],
    )
