"""Full guarantees need five people; the register says which one is not met while fewer hold the roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fairpost.kernel.text import mark
from fairpost.tenants.queries import people

# Role -> what is only guaranteed where somebody holds it who holds none of those before.
GUARANTEES: dict[str, str] = {
    "reviewer": mark("somebody whose task it is proposes decisions"),
    "approver": mark("a second person approves what restricts a sender for long"),
    "appeal_reviewer": mark("appeals are reviewed by somebody who neither proposed nor approved"),
    "senior": mark("what is permanent or ends a contract is approved by another, senior person"),
    "legal_officer": mark("only a legal officer without another hand in decisions keeps anything out of this register"),
}
PAGE = 500


@dataclass(frozen=True, slots=True)
class Guarantee:
    """One guarantee in English (translate it where it is shown), and whether it is met."""

    role: str
    sentence: str
    met: bool


def guarantees() -> list[Guarantee]:
    """Each guarantee, met where every role up to it can be held by a person of its own."""
    met = own_people(holders())
    return [Guarantee(role, sentence, role in met) for role, sentence in GUARANTEES.items()]


def holders() -> dict[str, set[int]]:
    """Who holds each role over the installation, by person's number."""
    found: dict[str, set[int]] = {role: set() for role in GUARANTEES}
    after = 0
    while page := people(None, after=after, limit=PAGE):
        for person in page:
            for each in person.roles:
                if each.role in found:
                    found[each.role].add(person.id)
        after = page[-1].id
    return found


def own_people(held: Mapping[str, set[int]]) -> dict[str, int]:
    """Role -> a person of its own, for as many roles as possible, the first ones first (augmenting paths)."""
    taken: dict[int, str] = {}

    def find(role: str, seen: set[int]) -> bool:
        for person in sorted(held[role] - seen):
            seen.add(person)
            if person not in taken or find(taken[person], seen):
                taken[person] = role
                return True
        return False

    for role in held:
        find(role, set())
    return {role: person for person, role in taken.items()}
