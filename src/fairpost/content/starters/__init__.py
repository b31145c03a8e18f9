"""Mails to begin from: complete, responsive and without errors, for authors to fill with their own words."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _, mark


@dataclass(frozen=True, slots=True)
class Starter:
    """One of them; `summary` says what it is for."""

    name: str
    summary: str
    subject: str
    preheader: str

    @property
    def mjml(self) -> str:
        return (files(__package__) / f"{self.name}.mjml").read_text(encoding="utf-8")


STARTERS = (
    Starter(
        "newsletter",
        mark("A lead story, two short ones and a table of dates."),
        "The boathouse opens, and other news from the lake",
        "Forty berths, cleaner water and three dates to keep",
    ),
    Starter(
        "fundraising",
        mark("An appeal with a goal, amounts to choose from, a story and donation buttons."),
        "{{ first_name | default: 'Friend' }}, we are 41,600 short and have four days",
        "Every gift until Sunday midnight is doubled",
    ),
    Starter(
        "letter",
        mark("A plain personal letter with one link, as a person would write it."),
        "A word about Sunday",
        "Two minutes, no pictures",
    ),
)


def starter(name: str) -> Starter:
    """The starter of this name. Raises NotFound with the names there are."""
    for each in STARTERS:
        if each.name == name:
            return each
    raise NotFound(
        _("There is no starter {name}.").format(name=repr(name)),
        hint=_("Choose one of {all}.").format(all=", ".join(each.name for each in STARTERS)),
    )
