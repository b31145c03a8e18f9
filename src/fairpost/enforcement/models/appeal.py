"""Appeals, what was done with them, and what was ruled; the last two are only ever added to (migration 0004)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairpost.enforcement.appeals.states import UNJUDGED


class Appeal(models.Model):
    """One party's appeal against one decision. The party is an organisation; `account` is where it appealed from.

    `sealed` is its statement under the key of `subject`. `measures` are those it is about. `informed_at` is when the
    party was told, from which the window runs. The database lets no party have two that may still be judged.
    """

    decision = models.ForeignKey("enforcement.Decision", models.PROTECT, related_name="appeals")
    account = models.ForeignKey("tenants.Account", models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("tenants.Organisation", models.PROTECT, related_name="+")
    measures = models.JSONField()
    subject = models.TextField()
    sealed = models.BinaryField()
    stay_asked = models.BooleanField(default=False)
    key_date = models.DateTimeField(null=True)
    filed_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    filed_via = models.TextField()
    filed_at = models.DateTimeField()
    informed_at = models.DateTimeField()
    window_ends_at = models.DateTimeField()
    first_touch_due_at = models.DateTimeField()
    decision_due_at = models.DateTimeField()
    state = models.TextField(default="filed")
    touched_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "appeal"
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "organisation", "account"],
                condition=~Q(state__in=sorted(UNJUDGED)),
                name="appeal_of_party_once",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["state", "decision_due_at"], name="appeal_in_queue")]


class AppealAct(models.Model):
    """One act in an appeal, in order. What the parties wrote is sealed; reasons of ours stand in the open."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="acts")
    act = models.TextField()
    at = models.DateTimeField()
    person = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(default="", blank=True)
    sealed = models.BinaryField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "appeal_act"
        indexes = [models.Index(fields=["appeal", "id"], name="appeal_act_in_order")]


class AppealRuling(models.Model):
    """What was decided on one measure; with `organisation`, for that participant of a joint sender only.

    `decision` is the new decision of one that was varied. `excluded` is what a split leaves out of the measure.
    """

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="rulings")
    measure = models.ForeignKey("enforcement.Measure", models.PROTECT, related_name="rulings")
    organisation = models.ForeignKey("tenants.Organisation", models.PROTECT, null=True, related_name="+")
    outcome = models.TextField()
    reason = models.TextField()
    excluded = models.JSONField(default=dict)
    decision = models.ForeignKey("enforcement.Decision", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "appeal_ruling"
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "measure", "organisation"], nulls_distinct=False, name="appeal_ruling_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["upheld", "varied", "overturned", "remanded"]), name="appeal_ruling_outcome"
            ),
        ]
