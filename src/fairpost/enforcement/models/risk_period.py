"""Periods of elevated risk, which change what is looked at before it is sent; and dates near which less is allowed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fairpost.enforcement.periods.terms import LONGEST


class RiskPeriod(models.Model):
    """One period, for all tenants in scope alike. In force once a second person has declared it.

    `public_text` and `closing_text` are {language: text}. `covers_cleared`: what a person released before is looked at
    anew. `hash` is the SHA-256 of what the second person declares. `report` is written when it closes.
    """

    scope = models.JSONField()
    reason = models.TextField()
    evidence = models.TextField()
    public_text = models.JSONField()
    review_hours = models.IntegerField()
    on_time_out = models.TextField()
    covers_cleared = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    hash = models.TextField()
    renews = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    declared_by = models.ForeignKey("tenants.Person", models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    seconded_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    seconded_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.TextField(default="", blank=True)
    closing_text = models.JSONField(default=dict)
    report = models.JSONField(null=True)

    class Meta:
        db_table = "risk_period"
        constraints = [
            models.CheckConstraint(condition=~Q(declared_by=F("seconded_by")), name="risk_period_two_declarers"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) & Q(ends_at__lte=F("starts_at") + LONGEST),
                name="risk_period_at_most_14_days",
            ),
            models.CheckConstraint(
                condition=Q(seconded_by__isnull=True, seconded_at__isnull=True)
                | Q(seconded_by__isnull=False, seconded_at__isnull=False),
                name="risk_period_seconded",
            ),
        ]


class KeyDate(models.Model):
    """A declared election or filing date: near it, one person alone may hold mail for a day only."""

    class Kind(models.TextChoices):
        ELECTION = "election"
        FILING = "filing"

    kind = models.TextField(choices=Kind.choices)
    name = models.TextField()
    at = models.DateTimeField()
    declared_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        db_table = "key_date"
        constraints = [models.UniqueConstraint(fields=["kind", "at", "name"], name="key_date_once")]


