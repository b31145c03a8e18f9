"""Says what a classified bounce comes to: whether the address, the mail or nobody is at fault."""

from __future__ import annotations

from typing import Literal

Kind = Literal["hard_bounce", "soft_bounce", "refusal", "notice", "complaint", "not_spam", "auth_failure"]

SURE = 0.5  # below this confidence a hard bounce is taken as a soft one

# Who sends or what was sent is refused, not the address: suppressing anybody for it would be wrong.
REFUSALS = frozenset({"policy", "content", "filtered", "too_big"})
NO_FAILURE = frozenset({"not_a_failure"})
CLASSES = frozenset(
    {
        *("unknown_user", "unknown_host", "mailbox_full", "disabled", "filtered", "temporary", "policy", "content"),
        *("too_big", "not_a_failure", "complaint", "other"),
    }
)

# RFC 5965, 7.3 and RFC 6591: what a feedback report says that is no complaint.
NO_COMPLAINT: dict[str, Kind] = {"not-spam": "not_spam", "auth-failure": "auth_failure"}


def kind_of_bounce(cls: str, hard: bool, confidence: float) -> Kind:
    """`cls` is a class of `engine.outcomes.returned`; raises ValueError for another."""
    if cls not in CLASSES:
        raise ValueError(f"there is no class of bounces {cls!r}")
    if cls in NO_FAILURE:
        return "notice"
    if cls in REFUSALS:
        return "refusal"
    return "hard_bounce" if hard and confidence >= SURE else "soft_bounce"


def kind_of_complaint(feedback_type: str) -> Kind:
    """Every feedback type is a complaint but those that say they are none."""
    return NO_COMPLAINT.get(feedback_type.strip().lower(), "complaint")
