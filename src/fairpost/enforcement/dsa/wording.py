"""Says in a sentence or two what a measure restricts and how, out of its machine-readable form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fairpost.enforcement.catalogue.capabilities import PRODUCTS
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.scope.selector import SELECTORS
from fairpost.kernel.text import _, mark

QUEUE = {
    "hold": mark("Mail that waits in the queue is held."),
    "return": mark("Mail that waits in the queue is returned."),
    "expire": mark("Mail that waits in the queue expires."),
}
ON_TIME_OUT = {
    "release": mark("A person decides within {hours} hours; without a decision the campaign is sent."),
    "block": mark("A person decides within {hours} hours; without a decision the campaign is not sent."),
}
# The others are numbers or names that mean something inside the installation only, or may name somebody.
SHOWN = frozenset({"content_class", "territory", "channel"})


def mechanism_in_words(kind: str, mechanism: Mapping[str, Any], scope: Mapping[str, Sequence[str]]) -> str:
    """In the current language. `scope` is its JSON form; of what it names only kinds and public names are told."""
    said = list(details(mechanism))
    if "capability" not in mechanism:  # which says the same more exactly
        said.insert(0, sentence(_(MEASURES[kind].sentence)))
    return " ".join([*said, *scope_in_words(scope)])


def details(mechanism: Mapping[str, Any]) -> Iterator[str]:
    if "capability" in mechanism:
        yield _("Switched off: {what}.").format(what=_(PRODUCTS[mechanism["capability"]]))
    if "default" in mechanism:
        yield _(ON_TIME_OUT[mechanism["default"]]).format(hours=mechanism["deadline_hours"])
    if "per_hour" in mechanism:
        yield _("At most {number} messages an hour are sent.").format(number=mechanism["per_hour"])
    if "audience" in mechanism:
        yield _("A campaign goes to at most {number} recipients.").format(number=mechanism["audience"])
    if "queue" in mechanism:
        yield _(QUEUE[mechanism["queue"]])
    if "notice_days" in mechanism:
        yield _("Notice is {notice} days; data can be exported for {export} days.").format(
            notice=mechanism["notice_days"], export=mechanism["export_days"]
        )


def scope_in_words(scope: Mapping[str, Sequence[str]]) -> Iterator[str]:
    named = [selected(kind, values) for kind, values in scope.items() if kind in SELECTORS]
    if named:
        yield _("Its scope is given by: {selectors}.").format(selectors="; ".join(named))
    if scope.get("excluded"):
        yield _("What it expressly leaves out is named in the notice.")


def selected(kind: str, values: Sequence[str]) -> str:
    words = _(SELECTORS[kind].sentence)
    return f"{words} {' / '.join(values)}" if kind in SHOWN else words


def sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
