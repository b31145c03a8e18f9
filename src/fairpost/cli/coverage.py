"""A coverage statement for people: who is covered, who is expressly not, how many campaigns and contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from fairpost.kernel.text import _, mark

KINDS = {
    "organisations": mark("organisation"),
    "accounts": mark("account"),
    "units": mark("business unit"),
    "identities": mark("sender"),
    "joint_senders": mark("joint sender"),
    "domains": mark("domain"),
    "organisation": mark("organisation"),
    "account": mark("account"),
    "unit": mark("business unit"),
    "identity": mark("sender"),
    "mail": mark("mail"),
}


def show_coverage(statement: Mapping[str, Any]) -> None:
    """Prints the statement, one line for each who is covered or expressly not."""
    click.echo(_("  covered:"))
    lines = [(kind, each) for kind in KINDS for each in statement["covered"].get(kind, ())]
    show_lines(lines)
    click.echo(_("  expressly not covered:"))
    show_lines([(each["kind"], each) for each in statement["not_covered"]])
    click.echo(
        _("  campaigns: {running} running, {scheduled} scheduled; contacts not written to: at most {contacts}").format(
            running=statement["campaigns"]["running"],
            scheduled=statement["campaigns"]["scheduled"],
            contacts=statement["contacts"],
        )
    )
    if statement["territory"]:
        click.echo(f"  {statement['territory']}")


def show_lines(lines: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    for kind, each in lines:
        click.echo(f"    {_(KINDS[kind])} {shown(each)}".rstrip() + f": {_(each['why'])}")
    if not lines:
        click.echo(_("    nobody"))


def shown(entry: Mapping[str, Any]) -> str:
    number = f"{entry['id']} " if entry["id"] is not None else ""
    return f"{number}{entry['name']}".strip()
