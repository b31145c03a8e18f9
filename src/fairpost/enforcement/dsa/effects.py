"""What each kind of measure restricts in the words of the schema, and why some kinds cannot be stated: two tables."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.kernel.text import mark


@dataclass(frozen=True, slots=True)
class Effect:
    """The restrictions of one measure; `ends_in` are the names of the end dates that go with them."""

    visibility: str = ""
    monetary: str = ""
    provision: str = ""
    account: str = ""

    @property
    def ends_in(self) -> tuple[str, ...]:
        pairs = (
            (self.visibility, "end_date_visibility_restriction"),
            (self.monetary, "end_date_monetary_restriction"),
            (self.provision, "end_date_service_restriction"),
            (self.account, "end_date_account_restriction"),
        )
        return tuple(name for restricted, name in pairs if restricted)


PARTLY = "DECISION_PROVISION_PARTIAL_SUSPENSION"
WHOLLY = "DECISION_PROVISION_TOTAL_SUSPENSION"
DISABLED = "DECISION_VISIBILITY_CONTENT_DISABLED"
OTHERWISE = "DECISION_VISIBILITY_OTHER"
MONEY = "DECISION_MONETARY_SUSPENSION"
TERMINATED = "DECISION_ACCOUNT_TERMINATED"

EFFECTS = {
    "pre_review": Effect(provision=PARTLY),
    "limit": Effect(provision=PARTLY),
    "capability_off": Effect(visibility=OTHERWISE, provision=PARTLY),
    "block_content": Effect(visibility=DISABLED),
    "block_class": Effect(visibility=OTHERWISE, provision=PARTLY),
    "suspend_sending": Effect(provision=PARTLY),
    "suspend_account": Effect(account="DECISION_ACCOUNT_SUSPENDED"),
    "terminate": Effect(account=TERMINATED),
    "ban_entity": Effect(account=TERMINATED),
    "brake": Effect(provision=PARTLY),
}
NOT_STATED = {
    "note": mark("An internal note restricts nobody, so there is nothing to state."),
    "advise": mark("Advice is no restriction, so there is nothing to state."),
    "warn": mark("A warning alone cannot be stated: the schema has only restrictions."),
    "require": mark("A requirement restricts nothing until its date has passed; what follows then is stated."),
    "escalate": mark("What was handed to an authority restricts nothing here, so there is nothing to state."),
}
