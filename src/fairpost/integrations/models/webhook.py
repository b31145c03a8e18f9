"""Addresses to which an account has its events posted."""

from __future__ import annotations

from django.db import models


class Webhook(models.Model):
    """One address with the events it wants. Secrets are encrypted under the installation's key ring.

    With `unit_id` it gets what concerns campaigns of that unit. `failures` are those since the last success, the first
    of them at `failing_since`; nothing is posted before `next_at`. After a rotation `old_secret` signs too, until its
    time is over. `removed` ones stay as rows, for the log.
    """

    account_id = models.IntegerField()
    unit_id = models.IntegerField(null=True)
    url = models.TextField()
    events = models.JSONField()
    secret = models.BinaryField()
    old_secret = models.BinaryField(null=True)
    old_secret_until = models.DateTimeField(null=True)
    state = models.TextField(default="active")
    state_reason = models.TextField(default="", blank=True)
    state_at = models.DateTimeField()
    created_at = models.DateTimeField()
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    next_at = models.DateTimeField()

    class Meta:
        db_table = "webhook"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["active", "paused", "failing", "removed"]), name="webhook_state"
            )
        ]
        indexes = [
            models.Index(fields=["account_id", "id"], name="webhook_of_account"),
            models.Index(fields=["next_at"], condition=models.Q(state="active"), name="webhook_due"),
        ]
