"""Gathers what a statement of reasons is made of: one decision, one of its measures, one recipient."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from fairpost.enforcement.coverage.reach import reached
from fairpost.enforcement.dsa.statement_input import (
    Aftermath,
    Automation,
    Ground,
    Lineage,
    Source,
    StatementInput,
    Term,
)
from fairpost.enforcement.dsa.values import TERRITORIES
from fairpost.enforcement.dsa.wording import mechanism_in_words
from fairpost.enforcement.queries.aftermath import Recipient, day
from fairpost.enforcement.queries.decisions import DecisionView, MeasureView
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.kernel.text import _, in_language
from fairpost.tenants.queries.senders import senders

SOURCES: dict[str, Source] = {
    "report": "report",
    "trusted_flagger": "trusted_flagger",
    "authority": "authority",
    "own_initiative": "own_initiative",
    "machine": "own_initiative",
}
AUTOMATION: dict[str, Automation] = {"no": "none", "partial": "partial", "full": "full"}
WHOLE = frozenset({"account", "organisation", "channel"})  # selectors that leave nothing of an account outside
CONTENT_KINDS = frozenset({"content", "template", "link_domain"})


def statement_input(
    decision: DecisionView,
    measure: MeasureView,
    recipient: Recipient,
    aftermath: Aftermath,
    revision: int,
    corrects: str,
    now: datetime,
) -> StatementInput:
    """`revision` and `corrects` say which statement of the lineage it becomes."""
    configuration = settings.FAIRPOST
    language = configuration.language
    with in_language(language):
        mechanism = mechanism_in_words(measure.kind, measure.mechanism, measure.scope)
    return StatementInput(
        lineage=Lineage(
            decision.label, measure.label, recipient.label, revision, corrects, configuration.dsa_puid_prefix
        ),
        kind=measure.kind,
        mechanism=mechanism,
        ground=ground_of(decision, language),
        term=term_of(measure, now),
        facts=decision.facts,
        effect=effect_of(measure),
        capability=str(measure.mechanism.get("capability", "")),
        whole_service=whole_service(measure, recipient, now),
        platform_holds_money=configuration.dsa_platform_holds_money == "yes",
        protected_group=decision.assessment.get("protected_group") is True,
        near_election=decision.detail.get("near_election") is True,
        source=SOURCES[decision.source],
        source_identity=decision.source_identity,
        automated_detection=decision.automated_detection or decision.source == "machine",
        automated_decision=AUTOMATION[decision.automated_decision],
        language=str(decision.assessment.get("language", "")),
        territories=tuple(measure.scope.get("territory", ())) or territories(configuration.dsa_territories),
        aftermath=aftermath,
        written_in=language,
    )


def ground_of(decision: DecisionView, language: str) -> Ground:
    """The first clause gives the category, the others theirs in addition. One clause on the law makes it illegal."""
    first, *others = decision.clauses
    titles = "; ".join(f"{each.label} {each.title(language)}" for each in decision.clauses)
    with in_language(language):
        parts = [
            _("What was found: {facts}").format(facts=decision.facts),
            *(_("The clause says: {text}").format(text=each.text(language)) for each in decision.clauses),
        ]
    illegal = [each for each in decision.clauses if each.ground == "illegal"]
    return Ground(
        clause=titles,
        explanation="\n".join(parts),
        category=first.dsa_category,
        more_categories=tuple(each.dsa_category for each in others if each.dsa_category),
        keywords=tuple(keyword for each in decision.clauses for keyword in each.dsa_keywords),
        law=(decision.legal_ground.strip() or titles) if illegal else "",
        permalink=first.permalink,
    )


def term_of(measure: MeasureView, now: datetime) -> Term:
    """Without activation it begins now; such a statement is never exported."""
    duration = measure.duration
    return Term(
        starts=day(measure.active_since or now),
        ends=day(duration.ends_at) if duration.ends_at else None,
        fixed=duration.kind == "until",
        earliest_end=day(duration.earliest_end) if duration.earliest_end else None,
        review_days=duration.review_days,
        review_on=day(duration.review_at) if duration.review_at else None,
        condition=duration.conditions,
        reapply_from=day(duration.reapply_at) if duration.reapply_at else None,
    )


def effect_of(measure: MeasureView) -> str:
    """What an interim hold amounts to, by what its scope selects; the other kinds say it themselves."""
    if measure.kind != "interim_hold":
        return ""
    if CONTENT_KINDS & measure.scope.keys():
        return "block_content"
    return "block_class" if "content_class" in measure.scope else "suspend_sending"


def whole_service(measure: MeasureView, recipient: Recipient, now: datetime) -> bool:
    """Whether nothing of the recipient's account may send any more."""
    scope = scope_from_json(measure.scope)
    if recipient.kind != "account" or not {each.kind for each in scope.selectors} <= WHOLE:
        return False
    own = senders(now, accounts=[recipient.number])
    return bool(own) and len(reached(scope, own)) == len(own)


def territories(setting: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in setting.split(",") if each.strip()) or TERRITORIES
