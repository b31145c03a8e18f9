"""Reports from outside: what somebody says about a campaign, what was decided, and what they say about that."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Reporter(models.Model):
    """Somebody who reports, known by a keyed hash of their address; without address each report has its own.

    What they wrote is sealed under the key of `reporter:<id>`. A trusted one has a `name`, and a queue of its own
    from `trusted_since` until `trusted_until`.
    """

    address_hash = models.BinaryField(null=True, unique=True)
    name = models.TextField(default="", blank=True)
    trusted_since = models.DateTimeField(null=True)
    trusted_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "reporter"
        constraints = [
            models.CheckConstraint(condition=Q(trusted_since__isnull=True) | ~Q(name=""), name="reporter_trusted_named")
        ]


class Report(models.Model):
    """One report. `digest` finds the same one again while it is open; it is a keyed hash and tells nothing.

    `state`: filed, decided, complained, closed. `outcome`: acted or not_acted, with `reasons` that both sides are told.
    """

    reporter = models.ForeignKey(Reporter, models.PROTECT, related_name="reports")
    channel = models.TextField()
    category = models.TextField()
    language = models.TextField()
    account = models.ForeignKey("tenants.Account", models.PROTECT, null=True, related_name="+")
    campaign_id = models.IntegerField(null=True)
    case = models.ForeignKey("enforcement.Case", models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    sealed_address = models.BinaryField(null=True)
    digest = models.BinaryField()
    trusted = models.BooleanField(default=False)
    state = models.TextField(default="filed")
    filed_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    outcome = models.TextField(default="", blank=True)
    unfounded = models.BooleanField(default=False)
    reasons = models.TextField(default="", blank=True)
    decision = models.ForeignKey("enforcement.Decision", models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "report"
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=Q(state="filed"), name="report_once_while_open"),
            models.CheckConstraint(
                condition=Q(state="filed") | (Q(decided_at__isnull=False) & ~Q(reasons="")),
                name="report_decided_with_reasons",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "campaign_id"], name="report_of_campaign"),
            models.Index(fields=["state", "trusted", "filed_at"], name="report_queue"),
            models.Index(fields=["reporter", "decided_at"], name="report_of_reporter"),
        ]


class ReportComplaint(models.Model):
    """What a reporter says about the decision, once; another person decides it."""

    report = models.OneToOneField(Report, models.PROTECT, related_name="complaint")
    sealed = models.BinaryField()
    filed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    outcome = models.TextField(default="", blank=True)
    reasons = models.TextField(default="", blank=True)

    class Meta:
        db_table = "report_complaint"


class ReportPace(models.Model):
    """How many reports may still come from one address or network, as a bucket that fills up again.

    `key` is a keyed hash. The row is forgotten once the bucket is full.
    """

    key = models.BinaryField(primary_key=True)
    tokens = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        db_table = "report_pace"
