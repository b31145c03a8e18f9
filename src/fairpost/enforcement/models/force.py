"""What is in force, as the gate reads it; written by `force.store` only."""

from __future__ import annotations

from django.db import models


class Force(models.Model):
    """One measure, pause or period in force. `version` orders the changes of the whole table."""

    source = models.TextField()
    source_id = models.IntegerField()
    decision_id = models.IntegerField(null=True)
    kind = models.TextField()
    scope = models.JSONField()
    effect = models.JSONField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    stays = models.JSONField(default=list)
    ended = models.BooleanField(default=False)
    version = models.BigIntegerField()

    class Meta:
        db_table = "force"
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="force_source")]
        indexes = [models.Index(fields=["version"], name="force_version_of")]
