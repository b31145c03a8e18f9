"""What a walk along the chain found wrong, each with its place, in words for the person who must act."""

from __future__ import annotations

from dataclasses import dataclass, field

from fairpost.kernel.text import _, mark

# Kinds of findings with their sentences; {…} are filled by what the walk knows.
KINDS = {
    "seal_missing": mark("The seals {first} to {last} are missing."),
    "link_broken": mark("Seal {sequence} does not follow on the seal before it: one of the two was replaced."),
    "event_missing": mark("Event {event_id}, sealed as {sequence}, is gone from the record."),
    "event_changed": mark("Event {event_id} is not what was sealed as {sequence}: the event or its seal was changed."),
    "head_differs": mark(
        "The head that was published for sequence {sequence} has another hash than the seal in the table:"
        " the chain was written anew, somewhere between {first} and {sequence}."
    ),
    "tail_missing": mark("Sequence {sequence} was published, but the table ends at {last}: its tail was cut off."),
    "event_forged": mark("Event {event_id} never came to be sealed: it was inserted behind the chain's back."),
    "event_unsealed": mark("Event {event_id} has waited for its seal since {at}: no worker seals."),
    "payload_missing": mark("The payload (reason or name) of event {event_id} is gone, and its key is not destroyed."),
    "payload_changed": mark("The payload (reason or name) of event {event_id} is not the one that it is bound to."),
}
MOST = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """`sequence` or `event_id` is None where the kind has none."""

    kind: str
    sequence: int | None
    event_id: int | None
    text: str


@dataclass(slots=True)
class Findings:
    """The first hundred in full, and how many there are."""

    kept: list[Finding] = field(default_factory=list)
    count: int = 0

    def add(self, kind: str, *, sequence: int | None = None, event_id: int | None = None, **more: object) -> None:
        self.count += 1
        if len(self.kept) < MOST:
            text = _(KINDS[kind]).format(sequence=sequence, event_id=event_id, **more)
            self.kept.append(Finding(kind, sequence, event_id, text))
