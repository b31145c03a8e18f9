"""One row for each act, never changed and never removed: triggers in migration 0001 refuse it."""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """One act. `account_id` is a plain number, so that the record outlives what it names.

    `actor_name` is kept only for actors that have neither a person nor a key: the name of a part of Fairpost,
    or the pseudonym of who acted at the machine's command line. `commitment` is the one to the payload, which
    holds the reason (`fairpost.audit.payload`).
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_via = models.TextField()
    actor_name = models.TextField(default="", blank=True)
    actor_person_id = models.IntegerField(null=True)
    actor_api_key_id = models.IntegerField(null=True)
    act = models.TextField()
    account_id = models.IntegerField(null=True)
    subject = models.TextField()
    commitment = models.BinaryField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_event"
        managed = False  # made in SQL; and what empties all tables between tests cannot empty this one
