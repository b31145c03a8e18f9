"""A segment is a saved condition: `condition` is what its author wrote, `tree` the parsed form."""

from __future__ import annotations

from django.db import models


class Segment(models.Model):
    account_id = models.IntegerField()
    unit_id = models.IntegerField(null=True)
    name = models.CharField(max_length=200)
    condition = models.TextField()
    tree = models.JSONField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "name"],
                condition=models.Q(archived_at=None),
                name="contacts_segment_name_once_per_account",
            )
        ]
