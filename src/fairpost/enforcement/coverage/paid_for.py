"""Mail of others that says a restricted joint sender pays for it: a front of it perhaps, perhaps a critic's quotation.

A measure on a joint sender covers the mail whose declared legal sender it is. What merely names it as the payer is not
covered; a person looks at it first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fairpost.enforcement.classes.facts import ContentFacts
from fairpost.enforcement.classes.words import folded
from fairpost.enforcement.force.force import Force
from fairpost.enforcement.scope.selector import NOTHING
from fairpost.enforcement.scope.subject import Subject

PAID_FOR_BY = (
    "paid for by", "paid by", "funded by",
    "payé par", "payée par", "financé par", "financée par",
    "pagato da", "pagata da", "pagato dal", "pagato dalla", "finanziato da", "finanziata da", "finanziato dal",
    "finanziato dalla",
    "pagado por", "pagada por", "financiado por", "financiada por",
    "bezahlt von", "bezahlt vom", "finanziert von", "finanziert vom",
)  # fmt: skip
ARTICLES = ("the", "le", "la", "les", "l", "il", "lo", "el", "los", "las", "der", "die", "das", "dem", "den")
STOPPED = frozenset({"sending", "fundraising", "*"})


def stops_a_joint_sender(force: Force, subject: Subject) -> bool:
    """Whether it keeps a joint sender, which this is not declared to be, from sending or from raising funds."""
    wanted = force.scope.values("joint_sender")
    declared = subject.facets.get("joint_sender", NOTHING)
    return (
        bool(wanted)
        and force.source == "measure"
        and not STOPPED.isdisjoint(force.denies)
        and (wanted.isdisjoint(declared))
    )


def says_paid_for_by(facts: ContentFacts, names: Iterable[str]) -> str:
    """The first of these names that the content says to pay for it, in any reading of any place; empty if none does."""
    texts = [folded(each.text) for each in facts.passages]
    for name in names:
        pattern = phrase(name)
        if pattern is not None and any(pattern.search(each) for each in texts):
            return name
    return ""


def phrase(name: str) -> re.Pattern[str] | None:
    """A payer's phrase directly before the name, an article between them or not; None for a name without words."""
    words = folded(name)
    if not words:
        return None
    begin = "|".join(re.escape(folded(each)) for each in PAID_FOR_BY)
    return re.compile(rf"(?:^| )(?:{begin}) (?:(?:{'|'.join(ARTICLES)}) )?{re.escape(words)}(?= |$)")
