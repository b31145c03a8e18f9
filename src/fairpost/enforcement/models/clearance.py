"""A person's release of content, hours ahead if need be."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Clearance(models.Model):
    """That a person looked at content with this hash and released it, for one account or (none) for all.

    Content of one `family` was looked at together as variants of one mail. `cleared_by` is empty where
    nobody looked in time and the measure had stated release for that case. What was released stays on record; who
    takes it back is added once. `cleared_by` is none where nobody looked in time and its measure said that this
    releases it.
    """

    account = models.ForeignKey("tenants.Account", models.PROTECT, null=True, related_name="+")
    content_hash = models.TextField()
    family = models.TextField(default="", blank=True)
    cleared_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    cleared_at = models.DateTimeField()
    reason = models.TextField()
    withdrawn_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(default="", blank=True)

    class Meta:
        db_table = "clearance"
        indexes = [models.Index(fields=["content_hash"], condition=Q(withdrawn_at=None), name="clearance_of_content")]
