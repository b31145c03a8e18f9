"""Facts of notices as plain values, with a marker in each so that a test can look for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fairpost.enforcement.catalogue.durations import Duration
from fairpost.enforcement.notices.facts import (
    ClauseFacts,
    CoverageFacts,
    Happened,
    HeldFacts,
    Line,
    MeasureFacts,
    NoticeFacts,
    Ways,
)

AT = datetime(2021, 1, 8, 23, 30, tzinfo=UTC)
END = datetime(2021, 4, 9, 12, 0, tzinfo=UTC)
LAST = datetime(2021, 7, 3, 8, 0, tzinfo=UTC)
CLAUSE = {
    "en": {"title": "Violence and incitement", "text": "Do not call for violence.\n\n- nor praise it"},
    "fr": {"title": "Violence et incitation", "text": "N'appelez pas à la violence."},
}


def make_measure(**changes: Any) -> MeasureFacts:
    given: dict[str, Any] = {
        "number": "M-12",
        "kind": "block_class",
        "duration": Duration(
            "indefinite_min", earliest_end=END, review_days=14, conditions="calm is back", ends_at=LAST
        ),
        "starts_at": AT,
        "scope": {"joint_sender": ["4"], "content_class": ["combative@1"]},
        "selected": (("joint_sender", ("Victory Fund",)), ("content_class", ("combative@1",))),
        "excluded": (("account", ("State Party",)),),
        "next_review": datetime(2021, 1, 22, 23, 30, tzinfo=UTC),
        "strike": True,
        "coverage": CoverageFacts(
            covered=(Line("account", "National Committee", "inside the scope"),),
            others=3,
            not_covered=(Line("account", "State Party", "held by the same organisation; another contract, not named"),),
            scheduled=5,
            running=1,
            contacts=123456,
            territory="country",
        ),
        "withholds": True,
    }
    return MeasureFacts(**(given | changes))


def make_facts(**changes: Any) -> NoticeFacts:
    given: dict[str, Any] = {
        "why": "decision",
        "at": AT,
        "zone": "Europe/Rome",
        "recipient": "National Committee",
        "ways": Ways(
            contact="appeals@platform.example",
            decision_url="https://platform.example/decision/D-17",
            read_url="https://platform.example/n/abcdef",
            show_command="fairpost notice show N-5",
            appeal_command="fairpost appeal file D-17",
            appeal_api="https://platform.example/api/v1/accounts/3/appeals",
        ),
        "decision": "D-17",
        "measures": (make_measure(),),
        "clauses": (ClauseFacts("violence@2", "https://platform.example/policy/violence/2", CLAUSE),),
        "legal_ground": "Article 14",
        "facts": "The mail called readers to fight.",
        "quoted": "fight like hell",
        "campaigns": ("3/88",),
        "source": "trusted_flagger",
        "source_identity": "Watch Office",
        "automated_detection": True,
        "automated_decision": "partial",
        "strike_names": ("National Committee",),
        "appeal_by": datetime(2021, 7, 9, 22, 0, tzinfo=UTC),
        "outside_redress": "Board of Disputes, 1 Long Street",
    }
    return NoticeFacts(**(given | changes))


def made_of(why: str) -> NoticeFacts:
    """Facts of a notice of this kind."""
    if why.startswith("campaign_"):
        held = HeldFacts(
            "3/88",
            AT,
            (
                ("measure M-12", "pre_review", "D-17", "https://platform.example/decision/D-17"),
                ("period P-4", "period", "", ""),
            ),
            END,
            "release",
            "held" if why == "campaign_held" else "blocked",
            "" if why == "campaign_held" else "It calls for violence.",
        )
        return make_facts(why=why, measures=(), decision="", held=held)
    happened = Happened(
        reason="The board asked for it.",
        until=END,
        until_appeal=True,
        within=("channel: email",),
        measures=("M-12",),
        appeal="A-3",
        rulings=(("M-12", "varied", "Too wide."),) if why == "appeal_decided" else (),
        replaced_by="D-18" if why == "superseded" else "",
    )
    return make_facts(why=why, happened=happened)
