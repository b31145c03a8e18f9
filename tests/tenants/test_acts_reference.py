"""The reference of acts says what the table says, in both directions."""

from __future__ import annotations

from pathlib import Path

from fairpost.tenants.acts import ACTS

PAGE = (Path(__file__).parents[2] / "docs/reference/acts.md").read_text()


def test_every_act_is_documented_and_nothing_else():
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines() if line.startswith("| `")]
    told = {name.strip("`"): tuple(rest) for name, *rest in rows}
    assert told == {
        each.name: (each.sentence, each.capability, each.product or "", "yes" if each.always_allowed else "")
        for each in ACTS.values()
    }
