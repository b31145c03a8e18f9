"""One person declares a period of elevated risk; nothing changes until a second person declares it too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.models import RiskPeriod
from fairpost.enforcement.periods.terms import check_review, check_term, declaration_hash, period_scope
from fairpost.enforcement.queries.content_classes import content_class
from fairpost.enforcement.queries.periods import PeriodView, row_of, view
from fairpost.enforcement.scope.selector import Scope, Selector
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import several_lines
from fairpost.kernel.text import _, known
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise

LONGEST_TEXT = 5000


def declare_period(
    *,
    actor: Actor,
    scope: Mapping[str, Any],
    reason: str,
    evidence: str,
    public_text: Mapping[str, str],
    ends_at: datetime,
    starts_at: datetime | None = None,
    review_hours: int = 2,
    on_time_out: str = "release",
    covers_cleared: bool = False,
    renews: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> PeriodView:
    """Campaigns in `scope` will wait for a review of `review_hours`, then `on_time_out` (release or block).

    `scope` names content classes, and channels and capabilities if need be, never a sender. `public_text` is
    {language: text}. `renews` is the period that this one goes on with. Raises Invalid, NotFound.
    """
    authorise(actor, "risk.declare")
    person_id = acting_person(actor)
    now = clock.now()
    begins = starts_at or now
    check_term(begins, ends_at, now)
    check_review(review_hours, on_time_out)
    declared = {
        "scope": labelled(period_scope(scope)).to_json(),
        "reason": several_lines(reason, "reason", LONGEST_TEXT),
        "evidence": several_lines(evidence, "evidence", LONGEST_TEXT),
        "public_text": texts(public_text, "public_text"),
        "review_hours": review_hours,
        "on_time_out": on_time_out,
        "covers_cleared": covers_cleared,
        "starts_at": begins,
        "ends_at": ends_at,
        "renews_id": None if renews is None else row_of(renews).pk,
    }
    with transaction.atomic():
        row = RiskPeriod.objects.create(
            **declared, hash=declaration_hash(declared), declared_by_id=person_id, declared_at=now
        )
        record(
            actor=actor,
            act="risk_period.declared",
            account_id=None,
            subject=f"risk_period:{row.pk}",
            reason=reason,
            facts={"hash": row.hash, "starts_at": begins.isoformat(), "ends_at": ends_at.isoformat()},
            clock=clock,
        )
    return view(row, now)


def labelled(scope: Scope) -> Scope:
    """The scope with each content class in the version that it has now: a later version is another class."""
    return Scope(
        tuple(
            Selector(each.kind, frozenset(content_class(value).label for value in each.values))
            if each.kind == "content_class"
            else each
            for each in scope.selectors
        )
    )


def texts(given: Mapping[str, str], field: str) -> dict[str, str]:
    """{language: text}, with English among them, which whoever reads none of the others is shown."""
    for language in given:
        if language != known(language):
            raise Invalid(_("There is no language {language} here.").format(language=repr(language)), field=field)
    if "en" not in given:
        raise Invalid(_("The text for everybody is needed in English, and may be in other languages too."), field=field)
    return {language: several_lines(text, field, LONGEST_TEXT) for language, text in sorted(given.items())}
