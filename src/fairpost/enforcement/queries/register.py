"""The register as one reader sees it at one time: the public, a party, or the installation's people.

What an order keeps out does not exist here for anybody; of what is sealed nobody reads more than the seal.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fairpost.enforcement.models import LegalOrder, RegisterKeepOut, RegisterStatement
from fairpost.enforcement.naming import label
from fairpost.enforcement.register.addresses import entry_tag, entry_url, statement_tag
from fairpost.enforcement.register.bands import band
from fairpost.enforcement.register.loading import Loaded, everything, load
from fairpost.enforcement.register.states import disclosed_states, states_now, whole_state
from fairpost.enforcement.register.visibility import Visibility, shown_at, visibility
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise

Key = tuple[datetime, int]  # updated, decision: the order of pages


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: the decision (number 1) or an amendment. `at` is when it was made, `shown_at` when disclosed."""

    number: int
    kind: str
    tag: str
    url: str
    at: datetime
    shown_at: datetime
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RegisterEntryView:
    """One entry. `statements` has the newest first, all at one level; a sealed entry has none and no dates of its own.

    `state` is that of what is most in force; `states` that of each measure ("M-4": "active").
    """

    id: str
    decision_id: int
    tag: str
    url: str
    visibility: str
    anonymous: bool
    state: str
    states: dict[str, str]
    published_at: datetime | None
    updated_at: datetime
    sealed_until: datetime | None = None
    legal_basis: str = ""
    statements: tuple[Statement, ...] = field(default=())

    @property
    def key(self) -> str:
        """Where the page behind this entry begins."""
        return cursor_of((self.updated_at, self.decision_id))


def register_entry(actor: Actor | None, decision_id: int, clock: Clock = SYSTEM_CLOCK) -> RegisterEntryView:
    """One entry as `actor` (None: the public) sees it. NotFound for all that is not theirs to see, why ever."""
    now = clock.now()
    for each in load([decision_id]):
        seen = seen_by(actor, each, now)
        if seen is not None:
            return views([(each, seen)], now)[0]
    raise NotFound(_("The register has no entry {entry}.").format(entry=label("decision", decision_id)))


def register_entries(
    actor: Actor | None, *, before: str = "", limit: int = 50, clock: Clock = SYSTEM_CLOCK
) -> list[RegisterEntryView]:
    """What `actor` sees, what changed last first; `before` is the `key` of the last entry that they have."""
    now = clock.now()
    last = position(before) if before else None
    seen: list[tuple[Key, Loaded, Visibility]] = []
    for each in everything():
        visible = seen_by(actor, each, now)
        if visible is not None:
            key = (updated(each, visible, now), each.decision_id)
            if last is None or key < last:
                seen.append((key, each, visible))
    seen.sort(key=lambda each: each[0], reverse=True)
    return views([(each, visible) for _key, each, visible in seen[:limit]], now)


def seen_by(actor: Actor | None, entry: Loaded, now: datetime) -> Visibility | None:
    """How this reader sees the entry; None where it does not exist for them."""
    seen = visibility(entry.times, now)
    if seen.kind == "kept_out" or entry.times.made_at > now:  # the latter: the clock went back
        return None
    if seen.kind != "parties":
        return seen
    if actor is None or "enforcement.read" not in actor.capabilities:
        return None
    if actor.account_id is None or actor.account_id in {each.account_id for each in entry.times.parties}:
        return seen
    return None


def updated(entry: Loaded, seen: Visibility, now: datetime) -> datetime:
    """When what this reader sees changed last."""
    if seen.kind == "sealed":
        return seen.since
    times = [shown_at(entry.times, each.at, seen) for each in entry.statements if not each.hidden]
    times += [each.until for each in entry.times.seals if each.until is not None and each.until <= now]
    return max(each for each in times if each <= now)


def views(seen: Sequence[tuple[Loaded, Visibility]], now: datetime) -> list[RegisterEntryView]:
    """The entries with what they say; of sealed ones nothing of it is read."""
    open_ = [each for each, visible in seen if visible.kind != "sealed"]
    contents = contents_of([each.entry_id for each in open_])
    states = states_now([each.decision_id for each in open_], now)
    return [
        sealed_view(each, visible, now)
        if visible.kind == "sealed"
        else open_view(each, visible, now, contents[each.entry_id], states[each.decision_id])
        for each, visible in seen
    ]


def sealed_view(entry: Loaded, seen: Visibility, now: datetime) -> RegisterEntryView:
    return RegisterEntryView(
        **heading(entry, seen, now),
        anonymous=False,
        state="sealed",
        states={},
        published_at=None,
        sealed_until=seen.sealed_until,
        legal_basis=seen.legal_basis,
    )


def open_view(
    entry: Loaded, seen: Visibility, now: datetime, contents: dict[int, dict[str, Any]], states: dict[str, str]
) -> RegisterEntryView:
    if entry.has_hidden:
        states = disclosed_states(states)
    told = [each for each in entry.statements if not each.hidden and shown_at(entry.times, each.at, seen) <= now]
    return RegisterEntryView(
        **heading(entry, seen, now),
        anonymous=entry.anonymous,
        state=whole_state(states),
        states=states,
        published_at=seen.since if seen.kind == "public" else None,
        statements=tuple(
            Statement(
                number=number,
                kind=each.kind,
                tag=statement_tag(entry.decision_id, entry.times.made_at, number),
                url=f"{entry_url(entry.decision_id)}#{number}",
                at=each.at,
                shown_at=shown_at(entry.times, each.at, seen),
                content=disclosed(contents[each.number], entry),
            )
            for number, each in reversed([*enumerate(told, start=1)])
        ),
    )


def heading(entry: Loaded, seen: Visibility, now: datetime) -> dict[str, Any]:
    """What an entry shows even where it is sealed."""
    return {
        "id": label("decision", entry.decision_id),
        "decision_id": entry.decision_id,
        "tag": entry_tag(entry.decision_id, entry.times.made_at),
        "url": entry_url(entry.decision_id),
        "visibility": seen.kind,
        "updated_at": updated(entry, seen, now),
    }


def disclosed(content: dict[str, Any], entry: Loaded) -> dict[str, Any]:
    """Without the numbers of decisions whose own entries are kept out."""
    return {
        name: value for name, value in content.items() if name not in ("by", "supersedes") or value in entry.nameable
    }


def contents_of(entries: Collection[int]) -> dict[int, dict[int, dict[str, Any]]]:
    found: dict[int, dict[int, dict[str, Any]]] = {each: {} for each in entries}
    rows = RegisterStatement.objects.filter(entry__in=entries).values_list("entry_id", "number", "content")
    for entry, number, content in rows:
        found[entry][number] = content
    return found


def position(text: str) -> Key:
    """The place in the order that a cursor names. Raises Invalid."""
    at, _sign, number = text.rpartition("_")
    try:
        return datetime.fromisoformat(at), int(number)
    except ValueError:
        raise Invalid(_("{text} is no place in the register.").format(text=repr(text[:50])), field="before") from None


def cursor_of(key: Key) -> str:
    return f"{key[0].isoformat().replace('+00:00', 'Z')}_{key[1]}"


@dataclass(frozen=True, slots=True)
class Undisclosed:
    """What is not told and that it is not: in bands."""

    orders: str
    entries: str


def undisclosed() -> Undisclosed:
    """Orders that forbid disclosure, and entries that they keep out now, each as a band such as 1-9."""
    entries = RegisterKeepOut.objects.filter(ended_at=None).values("decision_id").distinct().count()
    return Undisclosed(band(LegalOrder.objects.filter(forbids_disclosure=True).count()), band(entries))


@dataclass(frozen=True, slots=True)
class KeptOut:
    """An entry that an order keeps out, for legal officers."""

    id: str
    order: str
    kept_at: datetime


def kept_out(actor: Actor) -> Sequence[KeptOut]:
    """What is kept out now; for legal officers only."""
    authorise(actor, "legal.order")
    rows = RegisterKeepOut.objects.filter(ended_at=None).order_by("-id")
    return [KeptOut(label("decision", each.decision_id), label("order", each.order_id), each.kept_at) for each in rows]
