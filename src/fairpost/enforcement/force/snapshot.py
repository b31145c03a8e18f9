"""Everything that is in force, in memory and looked up by its narrowest selector.

One call looks only at what shares a narrow facet with the subject, so that tens of thousands of measures elsewhere, and
thousands on other things of the same account, cost nothing. It is brought up to date by what changed since.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from threading import RLock

from fairpost.enforcement.force.effective import Effective, effective
from fairpost.enforcement.force.force import Force
from fairpost.enforcement.scope.selector import NOTHING
from fairpost.enforcement.scope.subject import Subject

Key = tuple[str, str]
ANYBODY: Key = ("", "")  # scopes that only select recipients


class Snapshot:
    """What is in force as of `version`. Safe to be used by several threads."""

    def __init__(self) -> None:
        self.version = 0
        self.forces: dict[int, Force] = {}
        self.index: dict[Key, dict[int, Force]] = {}
        self.classes: set[str] = set()  # content classes by which something is looked up
        self.lock = RLock()

    def apply(self, version: int, forces: Iterable[Force], ended: Iterable[int]) -> None:
        """Takes in what changed up to `version`."""
        with self.lock:
            for number in ended:
                self.remove(number)
            for force in forces:
                self.remove(force.id)
                self.forces[force.id] = force
                for key in keys_of(force):
                    self.index.setdefault(key, {})[force.id] = force
                    if key[0] == "content_class":
                        self.classes.add(key[1])
            self.version = version

    def remove(self, number: int) -> None:
        force = self.forces.pop(number, None)
        for key in keys_of(force) if force else ():
            there = self.index[key]
            del there[number]
            if not there:
                del self.index[key]
                self.classes.discard(key[1])

    def candidates(self, subject: Subject) -> list[Force]:
        """Everything that may apply to the subject, each once."""
        found = dict(self.index.get(ANYBODY, {}))
        for kind, values in subject.facets.items():
            for value in values:
                found.update(self.index.get((kind, value), {}))
        if subject.known_classes is not None:
            for label in self.classes - subject.known_classes - subject.facets.get("content_class", NOTHING):
                found.update(self.index[("content_class", label)])
        return list(found.values())

    def effective(self, subject: Subject, now: datetime) -> Effective:
        """What applies to this subject at `now`."""
        with self.lock:
            candidates = self.candidates(subject)
        return effective(subject, now, candidates)

    def undecided(self, subject: Subject, now: datetime) -> frozenset[str]:
        """Content classes that matter to this subject and that its content was not held against yet."""
        if subject.known_classes is None:
            return NOTHING
        answer = self.effective(subject, now)
        asked = frozenset(label for each in answer.reasons for label in each.scope.values("content_class"))
        return asked - subject.known_classes


def keys_of(force: Force) -> list[Key]:
    narrowest = force.scope.narrowest
    return [(narrowest.kind, each) for each in narrowest.values] if narrowest else [ANYBODY]
