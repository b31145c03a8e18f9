"""What a decision stands on: a case with its evidence, and who has looked at it."""

from __future__ import annotations

from django.db import models


class Case(models.Model):
    """Something that somebody must look at. `source` says what brought it up."""

    class Source(models.TextChoices):
        REPORT = "report"
        TRUSTED_FLAGGER = "trusted_flagger"
        OWN_INITIATIVE = "own_initiative"
        AUTHORITY = "authority"
        MACHINE = "machine"

    account = models.ForeignKey("tenants.Account", models.PROTECT, null=True, related_name="+")
    title = models.TextField()
    source = models.TextField(choices=Source.choices)
    source_identity = models.TextField(default="", blank=True)
    queue = models.TextField(default="general")
    opened_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.TextField(default="", blank=True)

    class Meta:
        db_table = "enforcement_case"
        indexes = [models.Index(fields=["closed_at", "queue", "due_at"], name="enforcement_case_queue")]


class Evidence(models.Model):
    """One piece of evidence, never changed: its text sealed under the account's key, its SHA-256 in the open.

    `reference` names what it was taken from: `campaign:12`, `content:<hash>`, or nothing.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    label = models.TextField()
    reference = models.TextField(default="", blank=True)
    sha256 = models.TextField()
    sealed = models.BinaryField()
    added_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        db_table = "evidence"
        indexes = [models.Index(fields=["reference"], name="evidence_reference")]


class EvidenceView(models.Model):
    """That a person opened all evidence of a case as it then was (`evidence_hash`)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="views")
    person = models.ForeignKey("tenants.Person", models.PROTECT, related_name="+")
    evidence_hash = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "evidence_view"
        constraints = [
            models.UniqueConstraint(fields=["case", "person", "evidence_hash"], name="evidence_view_once")
        ]
