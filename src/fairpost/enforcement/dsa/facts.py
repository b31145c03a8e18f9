"""Puts into the facts of a decision what the schema has no field for: limits of its term, appeals, reversals.

The facts themselves may be long and are cut with a mark; the sentences after them are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from fairpost.enforcement.dsa.fields import LATEST
from fairpost.enforcement.dsa.personal_data import masked
from fairpost.enforcement.dsa.statement_input import Aftermath, StatementInput, Term
from fairpost.kernel.text import _, in_language, mark

CUT = " [...]"
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # joiners stay: whole scripts need them
MOST = 5000
ENDED = {
    "lifted": mark("It was lifted on {date}."),
    "overturned": mark("It was overturned on {date}: the decision is void."),
    "superseded": mark("Another decision took its place on {date}."),
    "lapsed": mark("It lapsed on {date}."),
}
APPEALS = {
    "filed": mark("An appeal was filed on {date} and is not decided yet."),
    "upheld": mark("An appeal was decided on {date}: the decision stands."),
    "varied": mark("An appeal was decided on {date}: the decision was changed."),
    "overturned": mark("An appeal was decided on {date}: the decision was overturned."),
    "remanded": mark("An appeal was decided on {date}: the case is to be decided anew."),
}


def decision_facts(given: StatementInput) -> str:
    """At most 5,000 characters, without mail addresses and telephone numbers."""
    with in_language(given.written_in):
        before = list(corrections(given))
        after = [*mechanism(given), *term_in_words(given.term), *what_followed(given.aftermath)]
        if given.content_on is None:
            after.append(_("No date of content is on record; the day on which the measure began stands for it."))
        around = clean("\n".join([*before, *after]))
        room = MOST - len(around) - 1
        facts = cut(clean(given.facts), room) if room > len(CUT) else ""
        whole = "\n".join(part for part in (*before, facts, *after) if part)
    return cut(clean(whole), MOST)


def corrections(given: StatementInput) -> Iterator[str]:
    if given.lineage.corrects:
        yield _("This corrects the statement {puid}.").format(puid=given.lineage.corrects)


def mechanism(given: StatementInput) -> Iterator[str]:
    if given.mechanism.strip():
        yield _("What is restricted: {mechanism}").format(mechanism=cut(clean(given.mechanism), MOST // 4))


def term_in_words(term: Term) -> Iterator[str]:
    if term.earliest_end:
        yield _("It ends on {date} at the earliest.").format(date=term.earliest_end)
    if term.review_days:
        yield _("It is reviewed at least every {days} days.").format(days=term.review_days)
    if term.review_on:
        yield _("It is reviewed on {date}.").format(date=term.review_on)
    if term.condition.strip():
        yield _("It ends when this is met: {condition}").format(condition=cut(clean(term.condition), MOST // 4))
    yield from end_in_words(term.ends, term.fixed)
    if term.reapply_from:
        yield _("A new application is possible from {date} on.").format(date=term.reapply_from)


def end_in_words(ends: date | None, fixed: bool) -> Iterator[str]:
    if ends is None:
        return
    if not fixed:
        yield _("It ends on {date} at the latest.").format(date=ends)
    elif ends > LATEST:
        yield _("It ends on {date}, which is later than the schema can say.").format(date=ends)


def what_followed(aftermath: Aftermath) -> Iterator[str]:
    if aftermath.appeal:
        yield _(APPEALS[aftermath.appeal]).format(date=aftermath.appeal_on)
    if aftermath.stayed_on:
        yield _("It is stayed since {date}.").format(date=aftermath.stayed_on)
    if aftermath.ended:
        yield _(ENDED[aftermath.ended]).format(date=aftermath.ended_on)


def clean(text: str) -> str:
    """The text as it may be published: nobody's address or number, no control or half characters."""
    return masked(UNPRINTABLE.sub("", text)).strip()


def cut(text: str, most: int) -> str:
    """The text, shortened with a mark where it has more characters."""
    if len(text) <= most:
        return text
    # A number that is cut could look like a telephone number; it goes as a whole.
    return text[: most - len(CUT)].rstrip("0123456789+.()/-\n ") + CUT
