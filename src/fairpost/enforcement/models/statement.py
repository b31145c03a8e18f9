"""Statements of reasons as they were exported, word for word."""

from __future__ import annotations

from django.db import models


class StatementOfReasons(models.Model):
    """One statement for one recipient of one measure; only ever added (migration 0008).

    `recipient` is `account-3` or `organisation-5`. A correction is the next revision, with a puid of its own.
    `reversal` says which turn of an appeal the statement already tells: nothing, varied or overturned.
    """

    measure = models.ForeignKey("enforcement.Measure", models.PROTECT, related_name="statements")
    recipient = models.TextField()
    revision = models.IntegerField()
    puid = models.TextField(unique=True)
    reversal = models.TextField(default="", blank=True)
    statement = models.JSONField()
    exported_at = models.DateTimeField()
    exported_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "statement_of_reasons"
        constraints = [
            models.UniqueConstraint(fields=["measure", "recipient", "revision"], name="statement_of_reasons_revision")
        ]
