"""Conditions become sets of ordinals: what SQL answers over contacts is asked of it, the rest is set arithmetic.

Lists, and what contacts did, are sets already. They may hold ordinals of contacts that are gone; `select` says how
these stay out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pyroaring import BitMap

from fairpost.segments.tree import And, Behaved, Condition, InList, Not, Or


@dataclass(frozen=True, slots=True)
class Asked:
    """A largest part of a tree that is about contacts alone: one SQL condition, one answer."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple[SetTree, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[SetTree, ...]


@dataclass(frozen=True, slots=True)
class Others:
    """Everybody but these."""

    part: SetTree


Leaf: TypeAlias = "Asked | InList | Behaved"
SetTree: TypeAlias = "Leaf | Both | Either | Others"


def to_sets(tree: Condition) -> SetTree:
    """The same condition over sets, with neighbouring parts that SQL answers joined into one question."""
    if not has_sets(tree):
        return Asked(tree)
    match tree:
        case Not(part):
            return Others(to_sets(part))
        case And(parts) | Or(parts):
            joined, both = (And, Both) if isinstance(tree, And) else (Or, Either)
            plain = tuple(part for part in parts if not has_sets(part))
            asked = (Asked(joined(plain) if len(plain) > 1 else plain[0]),) if plain else ()
            return both((*asked, *(to_sets(part) for part in parts if has_sets(part))))
        case InList() | Behaved():
            return tree
    raise TypeError(f"{tree!r} is not a condition with sets")


def has_sets(tree: Condition) -> bool:
    match tree:
        case InList() | Behaved():
            return True
        case And(parts) | Or(parts):
            return any(has_sets(part) for part in parts)
        case Not(part):
            return has_sets(part)
    return False


def leaves(tree: SetTree) -> Iterator[Leaf]:
    """Everything that must be looked up before `select`."""
    match tree:
        case Both(parts) | Either(parts):
            for part in parts:
                yield from leaves(part)
        case Others(part):
            yield from leaves(part)
        case Asked() | InList() | Behaved():
            yield tree


def needs_everyone(tree: SetTree) -> bool:
    """Whether `select` will ask for the set of all contacts."""
    return takes_out(tree) or not is_grounded(tree)


def takes_out(tree: SetTree) -> bool:
    """Whether `combine` will ask for the set of all contacts: not where others are taken out of something smaller."""
    match tree:
        case Both(parts):
            inner = [part.part if isinstance(part, Others) else part for part in parts]
            return all(isinstance(part, Others) for part in parts) or any(map(takes_out, inner))
        case Either(parts):
            return any(map(takes_out, parts))
    return isinstance(tree, Others)


def is_grounded(tree: SetTree) -> bool:
    """Whether the answer holds contacts alone. What is gone from the account stays among those who did something."""
    match tree:
        case Both(parts):
            return any(map(is_grounded, parts))
        case Either(parts):
            return all(map(is_grounded, parts))
    return not isinstance(tree, Behaved)


def select(tree: SetTree, answers: Mapping[Leaf, BitMap], everyone: BitMap) -> BitMap:
    """The contacts for whom the tree holds; `answers` has one set for each of `leaves`."""
    found = combine(tree, answers, everyone)
    return found if is_grounded(tree) else found & everyone


def combine(tree: SetTree, answers: Mapping[Leaf, BitMap], everyone: BitMap) -> BitMap:
    """The ordinals for which the tree holds, with or without those that are gone."""
    match tree:
        case Both(parts):
            wanted = [combine(part, answers, everyone) for part in parts if not isinstance(part, Others)]
            found = BitMap.intersection(*wanted) if wanted else everyone.copy()
            for part in parts:
                if isinstance(part, Others):
                    found -= combine(part.part, answers, everyone)
            return found
        case Either(parts):
            return BitMap.union(*(combine(part, answers, everyone) for part in parts))
        case Others(part):
            return everyone - combine(part, answers, everyone)
        case Asked() | InList() | Behaved():
            return answers[tree]
