"""Every kind of measure, from a note to the end of the contract, with what it takes and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from fairpost.kernel.text import mark

Strike = Literal["never", "optional", "always"]
FourEyes = Literal["no", "long", "yes", "after"]

LONG = timedelta(days=7)  # from here on a second person approves what one may do for a short while
INTERIM = timedelta(hours=72)
INTERIM_NEAR_ELECTION = timedelta(hours=24)
ELECTION_SPAN = timedelta(days=14)
BRAKE = timedelta(hours=4)
LONGEST_QUEUE_HOLD = 72  # hours

TIMED = frozenset({"until", "indefinite_min", "until_condition"})
INSTANT = frozenset({"instant"})
FOR_GOOD = frozenset({"permanent"})


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """One rung of the ladder.

    `four_eyes`: no (the proposer's own act approves), long (another person from seven days on), yes (always), after
    (in force at once, another person looks at it afterwards). `denies` are the capabilities that are off inside the
    scope: `*` all of them, `mechanism` the one that the mechanism names. `needs` are selectors of which the scope must
    have one. `mechanism` are the keys that its machine-readable form must have.
    """

    code: str
    sentence: str
    strike: Strike
    four_eyes: FourEyes
    durations: frozenset[str]
    denies: frozenset[str] = frozenset()
    mechanism: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    senior: bool = False
    review: bool = False
    notified: bool = True
    machine: bool = False


SENDING = frozenset({"sending"})
ALL = frozenset({"*"})
CONTENT = frozenset({"content", "template", "link_domain"})

MEASURES: dict[str, MeasureKind] = {
    each.code: each
    for each in (
        MeasureKind("note", mark("an internal note"), "never", "no", INSTANT, notified=False),
        MeasureKind("advise", mark("advice, without any restriction"), "never", "no", INSTANT),
        MeasureKind(
            "warn",
            mark("a formal warning"),
            "always",
            "no",
            INSTANT,
            mechanism=frozenset({"next_step", "acknowledge_by"}),
        ),
        MeasureKind(
            "require",
            mark("something is required by a date"),
            "never",
            "no",
            TIMED,
            mechanism=frozenset({"what", "due", "then"}),
        ),
        MeasureKind(
            "pre_review",
            mark("matching campaigns wait for a person's review"),
            "never",
            "no",
            TIMED,
            mechanism=frozenset({"deadline_hours", "default"}),
            review=True,
        ),
        MeasureKind("limit", mark("sending is limited"), "never", "no", TIMED, mechanism=frozenset()),
        MeasureKind(
            "capability_off",
            mark("one capability is switched off"),
            "optional",
            "long",
            TIMED,
            frozenset({"mechanism"}),
            frozenset({"capability"}),
        ),
        MeasureKind(
            "block_content",
            mark("one content, template or link is blocked"),
            "optional",
            "no",
            TIMED | FOR_GOOD,
            SENDING,
            needs=CONTENT,
        ),
        MeasureKind(
            "block_class",
            mark("content of one class is held"),
            "always",
            "yes",
            TIMED,
            SENDING,
            needs=frozenset({"content_class"}),
        ),
        MeasureKind(
            "suspend_sending",
            mark("sending is suspended"),
            "always",
            "yes",
            TIMED,
            SENDING,
            mechanism=frozenset({"queue"}),
        ),
        MeasureKind(
            "suspend_account",
            mark("the account is read-only; export and appeal remain"),
            "always",
            "yes",
            TIMED,
            ALL,
            needs=frozenset({"account", "organisation", "unit"}),
        ),
        MeasureKind(
            "terminate",
            mark("the contract ends"),
            "never",
            "yes",
            FOR_GOOD,
            ALL,
            frozenset({"notice_days", "export_days"}),
            needs=frozenset({"account", "organisation"}),
            senior=True,
        ),
        MeasureKind(
            "ban_entity",
            mark("registration under verified identifiers is refused"),
            "never",
            "yes",
            FOR_GOOD,
            frozenset({"registration"}),
            needs=frozenset({"organisation", "domain"}),
            senior=True,
        ),
        MeasureKind(
            "interim_hold",
            mark("sending is held for a short while, because harm is imminent"),
            "never",
            "after",
            frozenset({"until"}),
            SENDING,
        ),
        MeasureKind(
            "brake",
            mark("the machine has stopped sending for a short while"),
            "never",
            "after",
            frozenset({"until"}),
            SENDING,
            machine=True,
        ),
        MeasureKind(
            "escalate",
            mark("a threat to life was handed to an authority"),
            "never",
            "after",
            INSTANT,
            mechanism=frozenset({"authority", "shared"}),
            notified=False,
        ),
    )
}
