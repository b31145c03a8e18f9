"""Every rate states what it divides by what."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.kernel.text import _, mark

# Name -> what is divided by what, in words.
MEANING = {
    "delivered": mark("delivered of those that were attempted (accepted or failed)"),
    "bounced": mark("refused at once or sent back, of those that were attempted"),
    "opened": mark("people who opened, of those delivered"),
    "clicked": mark("people who clicked, of those delivered"),
    "clicked_of_opened": mark("people who clicked, of people who opened"),
    "unsubscribed": mark("people who unsubscribed, of those delivered"),
    "complained": mark("people who complained, of those delivered"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """`share` is `part` of `whole` (0.25 is a quarter); None where nothing divides. Machines are left out."""

    name: str
    part: int
    whole: int
    share: float | None
    meaning: str


def rates(
    *, delivered: int, attempted: int, refused: int, opened: int, clicked: int, unsubscribed: int, complained: int
) -> tuple[Rate, ...]:
    """All rates of a report."""
    return (
        rate("delivered", delivered, attempted),
        rate("bounced", refused, attempted),
        rate("opened", opened, delivered),
        rate("clicked", clicked, delivered),
        rate("clicked_of_opened", clicked, opened),
        rate("unsubscribed", unsubscribed, delivered),
        rate("complained", complained, delivered),
    )


def rate(name: str, part: int, whole: int) -> Rate:
    return Rate(name, part, whole, round(part / whole, 6) if whole else None, _(MEANING[name]))
