"""Whoever may read both sees what a class says of a content version, before any measure names it."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.content.queries.versions import read_version
from fairpost.enforcement.queries.content_classes import classify, content_class
from fairpost.kernel.actor import Actor
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class Trial:
    """`spans` are (place, quoted text), `because` the facts that decided; both empty where it does not match."""

    content_class: str
    content_version_id: int
    matched: bool
    spans: tuple[tuple[str, str], ...]
    because: tuple[str, ...]


def try_class(actor: Actor, wanted: str, account_id: int, version_id: int) -> Trial:
    """What the class (a name or `name@version`) says of this version. Nothing is kept. Raises NotFound, Forbidden."""
    authorise(actor, "enforcement.read")
    found = content_class(wanted)
    read_version(actor, account_id, version_id)
    match = classify(account_id, version_id, [found.id])[found.id]
    return Trial(found.label, version_id, match.matched, match.spans, match.because)
