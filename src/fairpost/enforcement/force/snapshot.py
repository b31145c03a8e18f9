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

Key = tuple[str, str]  # kind of selector, value
ANYBODY: Key = ("", "")
MOST_PAIRS = 2000  # of one scope; one with more is looked up by its narrowest selector only


class Snapshot:
    """What is in force as of `version`. Safe to be used by several threads.

    `index` goes by a value of the narrowest selector and then by one of the next; `ANYBODY` stands for a selector that
    is not there.
    """

    def __init__(self) -> None:
        self.version = 0
        self.forces: dict[int, Force] = {}
        self.index: dict[Key, dict[Key, dict[int, Force]]] = {}
        self.classes: dict[str, int] = {}  # content classes by which something selects, and how much does
        self.lock = RLock()

    def apply(self, version: int, forces: Iterable[Force], ended: Iterable[int]) -> None:
        """Takes in what changed up to `version`."""
        with self.lock:
            for number in ended:
                self.remove(number)
            for force in forces:
                self.remove(force.id)
                self.forces[force.id] = force
                for first, second in keys_of(force):
                    self.index.setdefault(first, {}).setdefault(second, {})[force.id] = force
                for label in force.scope.values("content_class"):
                    self.classes[label] = self.classes.get(label, 0) + 1
            self.version = version

    def remove(self, number: int) -> None:
        force = self.forces.pop(number, None)
        if force is None:
            return
        for first, second in keys_of(force):
            there = self.index[first]
            del there[second][number]
            if not there[second]:
                del there[second]
            if not there:
                del self.index[first]
        for label in force.scope.values("content_class"):
            self.classes[label] -= 1
            if not self.classes[label]:
                del self.classes[label]

    def candidates(self, subject: Subject) -> list[Force]:
        """Everything that may apply to the subject, each once."""
        keys = [ANYBODY, *((kind, value) for kind, values in subject.facets.items() for value in values)]
        if subject.known_classes is not None:
            known = subject.facets.get("content_class", NOTHING) | subject.known_classes
            keys += [("content_class", label) for label in self.classes.keys() - known]
        found: dict[int, Force] = {}
        for first in keys:
            there = self.index.get(first)
            if there is None:
                continue
            for second in keys if len(keys) < len(there) else there.keys() & keys:
                found.update(there.get(second, {}))
        return list(found.values())

    def effective(self, subject: Subject, now: datetime) -> Effective:
        """What applies to this subject at `now`."""
        with self.lock:
            candidates = self.candidates(subject)
        return effective(subject, now, candidates)


class Overlay:
    """A snapshot with what one transaction changed on top of it; the snapshot itself stays as it is."""

    def __init__(self, base: Snapshot, version: int, forces: Iterable[Force], ended: Iterable[int]) -> None:
        self.base = base
        self.version = version
        self.own = {each.id: each for each in forces}
        self.changed = {*self.own, *ended}

    @property
    def forces(self) -> dict[int, Force]:
        """Everything that is in force, by number."""
        kept = {number: each for number, each in self.base.forces.items() if number not in self.changed}
        return {**kept, **self.own}

    @property
    def classes(self) -> set[str]:
        """Content classes by which something selects."""
        own = (label for each in self.own.values() for label in each.scope.values("content_class"))
        return {*self.base.classes, *own}

    def candidates(self, subject: Subject) -> list[Force]:
        """Everything that may apply to the subject, each once."""
        with self.base.lock:
            found = self.base.candidates(subject)
        return [*(each for each in found if each.id not in self.changed), *self.own.values()]

    def effective(self, subject: Subject, now: datetime) -> Effective:
        """What applies to this subject at `now`."""
        return effective(subject, now, self.candidates(subject))


def keys_of(force: Force) -> list[tuple[Key, Key]]:
    """Where it is looked up: pairs of values of its two narrowest selectors."""
    narrowest = force.scope.narrowest
    sides = [[(each.kind, value) for value in each.values] for each in narrowest]
    if len(sides) == 2 and len(sides[0]) * len(sides[1]) > MOST_PAIRS:
        del sides[1]
    sides += [[ANYBODY]] * (2 - len(sides))
    return [(first, second) for first in sides[0] for second in sides[1]]
