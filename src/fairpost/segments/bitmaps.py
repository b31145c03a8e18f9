"""Conditions become sets of ordinals: parts without lists are asked of SQL, the rest is set arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pyroaring import BitMap

from fairpost.segments.tree import And, Condition, InList, Not, Or


@dataclass(frozen=True, slots=True)
class Asked:
    """A largest part of a tree without lists: one SQL condition, one answer."""

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


SetTree: TypeAlias = "Asked | InList | Both | Either | Others"


def to_sets(tree: Condition) -> SetTree:
    """The same condition over sets, with neighbouring parts that need no list joined into one question."""
    if not has_list(tree):
        return Asked(tree)
    match tree:
        case Not(part):
            return Others(to_sets(part))
        case And(parts) | Or(parts):
            joined, both = (And, Both) if isinstance(tree, And) else (Or, Either)
            plain = tuple(part for part in parts if not has_list(part))
            asked = (Asked(joined(plain) if len(plain) > 1 else plain[0]),) if plain else ()
            return both((*asked, *(to_sets(part) for part in parts if has_list(part))))
        case InList():
            return tree
    raise TypeError(f"{tree!r} is not a condition with lists")


def has_list(tree: Condition) -> bool:
    match tree:
        case InList():
            return True
        case And(parts) | Or(parts):
            return any(has_list(part) for part in parts)
        case Not(part):
            return has_list(part)
    return False


def leaves(tree: SetTree) -> Iterator[Asked | InList]:
    """Everything that must be looked up before `combine`."""
    match tree:
        case Both(parts) | Either(parts):
            for part in parts:
                yield from leaves(part)
        case Others(part):
            yield from leaves(part)
        case Asked() | InList():
            yield tree


def needs_everyone(tree: SetTree) -> bool:
    """Whether `combine` will ask for the set of all contacts."""
    match tree:
        case Both(parts) | Either(parts):
            return any(needs_everyone(part) for part in parts)
    return isinstance(tree, Others)


def combine(tree: SetTree, answers: Mapping[Asked | InList, BitMap], everyone: BitMap) -> BitMap:
    """The ordinals for which the tree holds; `answers` has one set for each of `leaves`."""
    match tree:
        case Both(parts):
            return BitMap.intersection(*(combine(part, answers, everyone) for part in parts))
        case Either(parts):
            return BitMap.union(*(combine(part, answers, everyone) for part in parts))
        case Others(part):
            return everyone - combine(part, answers, everyone)
        case Asked() | InList():
            return answers[tree]
