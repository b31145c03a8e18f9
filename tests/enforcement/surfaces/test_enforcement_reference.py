"""The reference of measures says what the tables say, in both directions."""

from __future__ import annotations

import re

from tests.architecture.tree import ROOT

from fairpost.enforcement.catalogue.capabilities import ALWAYS, PRODUCTS
from fairpost.enforcement.catalogue.durations import ASKED, KINDS
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.catalogue.mechanisms import CHECKS
from fairpost.enforcement.catalogue.states import MEASURE
from fairpost.enforcement.scope.selector import EXCLUDABLE, SELECTORS

PAGE = (ROOT / "docs/reference/enforcement.md").read_text()
EYES = {"no": "no", "long": "over 7 days", "yes": "yes", "after": "afterwards"}


def section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def rows(heading: str) -> dict[str, tuple[str, ...]]:
    """The table below a heading: first cell without its backquotes -> the others."""
    lines = [line for line in section(heading).splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return {name.strip("`"): tuple(rest) for name, *rest in cells}


def quoted(names: tuple[str, ...] | dict[str, str]) -> str:
    return ", ".join(f"`{each}`" for each in names)


def yes(condition: bool) -> str:
    return "yes" if condition else ""


def test_every_kind_of_measure():
    assert rows("Kinds") == {
        kind.code: (
            kind.sentence,
            ", ".join(each for each in KINDS if each in kind.durations),
            kind.strike,
            EYES[kind.four_eyes] + (" and a senior" if kind.senior else ""),
            ", ".join(
                f"`{name}`" + ("" if name in kind.mechanism else " (optional)")
                for name in sorted(kind.mechanism | {name for code, name in CHECKS if code == kind.code})
            ),
            " / ".join(sorted(kind.needs)),
        )
        for kind in MEASURES.values()
    }


def test_every_mechanism():
    told = set()
    for line in section("Mechanisms").splitlines():
        if line.startswith("| `"):
            names, kind = line.split("|")[1:3]
            told |= {(re.findall(r"`(.+?)`", kind)[0], name) for name in re.findall(r"`(.+?)`", names)}
    assert told == {(kind.code, name) for kind in MEASURES.values() for name in kind.mechanism} | set(CHECKS)


def test_every_selector():
    assert rows("Selectors") == {
        kind.name: (
            kind.sentence,
            "number" if kind.number else "text",
            yes(kind.name in EXCLUDABLE),
            yes(kind.recipients),
        )
        for kind in SELECTORS.values()
    }


def test_every_capability_and_what_always_goes_on():
    assert rows("Capabilities") == {name: (sentence,) for name, sentence in PRODUCTS.items()}
    assert re.findall(r"^- (.+)$", section("Capabilities"), re.MULTILINE) == list(ALWAYS)


def test_every_term():
    assert rows("Terms") == {name: (sentence, quoted(ASKED[name])) for name, sentence in KINDS.items()}


def test_every_state_and_act():
    assert rows("States") == {state: (quoted(acts),) for state, acts in MEASURE.items() if state}
