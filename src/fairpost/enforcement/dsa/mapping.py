"""Makes the statement of reasons of one measure for one recipient, or says why there is none.

What it returns has no findings: the last thing it does is to validate its own work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fairpost.enforcement.dsa.conditions import ILLEGAL, INCOMPATIBLE
from fairpost.enforcement.dsa.effects import EFFECTS, MONEY, NOT_STATED, WHOLLY, Effect
from fairpost.enforcement.dsa.facts import clean, cut, decision_facts
from fairpost.enforcement.dsa.fields import BY_NAME, LATEST
from fairpost.enforcement.dsa.forms import is_url
from fairpost.enforcement.dsa.statement_input import Ground, Lineage, StatementInput
from fairpost.enforcement.dsa.validate import validate
from fairpost.enforcement.dsa.values import LANGUAGES, TERRITORIES
from fairpost.kernel.text import _

SOURCES = {
    "report": "SOURCE_ARTICLE_16",
    "trusted_flagger": "SOURCE_TRUSTED_FLAGGER",
    "authority": "SOURCE_TYPE_OTHER_NOTIFICATION",
    "own_initiative": "SOURCE_VOLUNTARY",
}
AUTOMATION = {
    "none": "AUTOMATED_DECISION_NOT_AUTOMATED",
    "partial": "AUTOMATED_DECISION_PARTIALLY",
    "full": "AUTOMATED_DECISION_FULLY",
}
NAMED_SOURCES = ("trusted_flagger", "authority")  # a notifier under Article 16 may be a person, and is never named
BY_ANOTHER = ("interim_hold", "brake")
INCITEMENT = {"KEYWORD_INCITEMENT_VIOLENCE_HATRED", "KEYWORD_HATE_SPEECH", "KEYWORD_CYBER_INCITEMENT"}
SPEECH = "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"
ELECTIONS = "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS"
OTHER_CATEGORY = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
OTHER_KEYWORD = "KEYWORD_OTHER"


@dataclass(frozen=True, slots=True)
class Statement:
    """A valid statement: `fields` is the JSON object that the database takes."""

    puid: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NotExportable:
    """`code` is a short stable name, `reason` a sentence for whoever wanted the statement."""

    code: str
    reason: str


def statement_of(given: StatementInput) -> Statement | NotExportable:
    """The statement of this measure for this recipient. Never raises for what a measure may hold."""
    effect = effect_of(given)
    if isinstance(effect, NotExportable):
        return effect
    if refused := never_in_force(given) or nowhere(given):
        return refused
    fields = {
        **restrictions(given, effect),
        **grounds(given),
        **categories(given),
        **contents(given),
        **origins(given),
        "account_type": given.account_type,
        "territorial_scope": territories(given),
        "application_date": given.term.starts.isoformat(),
        "decision_facts": decision_facts(given),
        "puid": puid(given.lineage),
    }
    fields = {name: fields[name] for name in BY_NAME if fields.get(name)}
    if findings := validate(fields):
        said = " ".join(found.message for found in findings)
        return NotExportable("invalid", _("It does not fit the schema: {findings}").format(findings=said))
    return Statement(fields["puid"], fields)


def puid(lineage: Lineage) -> str:
    """Unique for ever within an installation; statements of one lineage differ in the last number only."""
    return "-".join((lineage.prefix, lineage.decision, lineage.measure, lineage.recipient, str(lineage.revision)))


def effect_of(given: StatementInput) -> Effect | NotExportable:
    kind = given.effect if given.kind in BY_ANOTHER and given.effect else given.kind
    if kind in NOT_STATED:
        return NotExportable("no_restriction", _(NOT_STATED[kind]))
    if kind not in EFFECTS:
        message = _("There is no place in the schema for a measure of the kind {kind}.")
        return NotExportable("unknown_kind", message.format(kind=kind))
    effect = EFFECTS[kind]
    if kind == "suspend_sending" and given.whole_service:
        effect = replace(effect, provision=WHOLLY)
    if kind == "capability_off" and given.capability == "fundraising" and given.platform_holds_money:
        effect = replace(effect, monetary=MONEY)
    return effect


def never_in_force(given: StatementInput) -> NotExportable | None:
    ended = given.aftermath.over_since or given.aftermath.ended_on
    if ended is None or ended >= given.term.starts:
        return None
    message = _("It ended on {ended}, before it began, and restricted nobody.")
    return NotExportable("never_in_force", message.format(ended=ended))


def nowhere(given: StatementInput) -> NotExportable | None:
    if territories(given):
        return None
    return NotExportable("outside_eea", _("It holds only outside the European Economic Area."))


def territories(given: StatementInput) -> list[str]:
    """In codes of ISO 3166: Greece is GR, whichever of its two codes was given."""
    if not given.territories:
        return list(TERRITORIES)
    asked = {"GR" if code.upper() == "EL" else code.upper() for code in given.territories}
    return sorted(asked & set(TERRITORIES))


def restrictions(given: StatementInput, effect: Effect) -> dict[str, Any]:
    ends = end_date(given)
    fields: dict[str, Any] = {
        "decision_visibility": [effect.visibility] if effect.visibility else [],
        "decision_monetary": effect.monetary,
        "decision_provision": effect.provision,
        "decision_account": effect.account,
        **dict.fromkeys(effect.ends_in, ends),
    }
    if effect.visibility.endswith("_OTHER"):
        fields["decision_visibility_other"] = fitting("decision_visibility_other", given.mechanism)
    return fields


def end_date(given: StatementInput) -> str:
    """The day on which it ended or will end at the latest; empty where there is none or the schema cannot say it."""
    dates = (given.term.ends, given.aftermath.ended_on, given.aftermath.over_since)
    ends = min((each for each in dates if each), default=date.max)
    return ends.isoformat() if ends <= LATEST else ""


def grounds(given: StatementInput) -> dict[str, str]:
    ground = given.ground
    permalink = ground.permalink if is_url(ground.permalink) and len(ground.permalink) <= 500 else ""
    fields = {"decision_ground_reference_url": permalink}
    if ground.law:
        return fields | {
            "decision_ground": ILLEGAL,
            "illegal_content_legal_ground": fitting("illegal_content_legal_ground", ground.law),
            "illegal_content_explanation": fitting("illegal_content_explanation", ground.explanation),
        }
    return fields | {
        "decision_ground": INCOMPATIBLE,
        "incompatible_content_ground": fitting("incompatible_content_ground", ground.clause),
        "incompatible_content_explanation": fitting("incompatible_content_explanation", ground.explanation),
        "incompatible_content_illegal": {None: "", True: "Yes", False: "No"}[ground.also_illegal],
    }


def categories(given: StatementInput) -> dict[str, Any]:
    """The clause's own, and for incitement those of a protected group and of an election near by."""
    ground = given.ground
    category = ground.category or OTHER_CATEGORY
    keywords = set(ground.keywords) or ({OTHER_KEYWORD} if not ground.category else set())
    more = set(ground.more_categories)
    if keywords & INCITEMENT:
        if given.protected_group:
            more.add(SPEECH)
            keywords.add("KEYWORD_HATE_SPEECH")
        if given.near_election:
            more.add(ELECTIONS)
    other = other_keyword(ground) if OTHER_KEYWORD in keywords else ""
    return {
        "category": category,
        "category_addition": sorted(more - {category}),
        "category_specification": sorted(keywords),
        "category_specification_other": other,
    }


def other_keyword(ground: Ground) -> str:
    return fitting("category_specification_other", ground.keyword_other or ground.clause)


def contents(given: StatementInput) -> dict[str, Any]:
    language = given.language.replace("_", "-").partition("-")[0].upper()
    fields: dict[str, Any] = {
        "content_type": sorted(set(given.content_types)),
        "content_language": language if language in LANGUAGES else "",
        "content_date": (given.content_on or given.term.starts).isoformat(),
    }
    if "CONTENT_TYPE_OTHER" in given.content_types:
        fields["content_type_other"] = fitting("content_type_other", given.content_type_other)
    return fields


def origins(given: StatementInput) -> dict[str, str]:
    named = given.source in NAMED_SOURCES
    brake = given.kind == "brake"  # the machine's own
    return {
        "source_type": SOURCES[given.source],
        "source_identity": fitting("source_identity", given.source_identity) if named else "",
        "automated_detection": "Yes" if given.automated_detection or brake else "No",
        "automated_decision": AUTOMATION["full" if brake else given.automated_decision],
    }


def fitting(name: str, text: str) -> str:
    """The text as that field may hold it."""
    return cut(clean(text), BY_NAME[name].most)
