"""The reference of roles says what the table says, in both directions."""

from __future__ import annotations

from pathlib import Path

from fairpost.tenants.capabilities import CAPABILITIES, ROLES

PAGE = (Path(__file__).parents[2] / "docs/reference/roles.md").read_text()


def rows(section: str) -> list[list[str]]:
    lines = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0].splitlines()
    table = [line.strip("| ").split("|") for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in table[2:]]


def test_every_role_is_documented_with_exactly_its_capabilities():
    found = {name: (held.startswith("over"), what, set(may.split(", "))) for name, held, what, may in rows("Roles")}
    assert found == {
        name: (role.installation, role.sentence, set(role.capabilities)) for name, role in ROLES.items()
    }


def test_every_capability_is_documented():
    found = {row[0].strip("`"): (row[1], len(row) > 2 and row[2] == "yes") for row in rows("Capabilities")}
    assert found == {name: (each.sentence, each.shared) for name, each in CAPABILITIES.items()}
