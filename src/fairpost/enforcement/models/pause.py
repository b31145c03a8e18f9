"""A customer's own stop; never a measure, never made by the platform."""

from __future__ import annotations

from django.db import models


class Pause(models.Model):
    """A capability that the customer switched off for an account or unit, or for what it sends for a joint sender."""

    account = models.ForeignKey("tenants.Account", models.PROTECT, related_name="+")
    unit = models.ForeignKey("tenants.BusinessUnit", models.PROTECT, null=True, related_name="+")
    joint_sender = models.ForeignKey("tenants.JointSender", models.PROTECT, null=True, related_name="+")
    capability = models.TextField()
    reason = models.TextField(default="", blank=True)
    begun_by = models.TextField()
    begun_by_person = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="", blank=True)
    ended_by_person = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "pause"
