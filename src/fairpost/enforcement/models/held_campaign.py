"""What is withheld, and why: campaigns that wait, and a line for everything that was withheld, held or released."""

from __future__ import annotations

from django.db import models


class HeldCampaign(models.Model):
    """A campaign that waits for a person: a restriction with reasons and a deadline.

    `reasons` are the names of everything that was in force. Once nothing is any more, it still waits until its sender
    confirms it (`confirmed_at`).
    """

    account = models.ForeignKey("tenants.Account", models.PROTECT, related_name="+")
    campaign_id = models.IntegerField()
    state = models.TextField(default="held")
    reasons = models.JSONField()
    held_at = models.DateTimeField()
    review = models.BooleanField(default=False)
    review_due_at = models.DateTimeField(null=True)
    on_time_out = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    decided_reason = models.TextField(default="", blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.TextField(default="", blank=True)

    class Meta:
        db_table = "held_campaign"
        constraints = [models.UniqueConstraint(fields=["account", "campaign_id"], name="held_campaign_once")]


class Disposition(models.Model):
    """That a campaign, or recipients of it, were withheld, held, released or blocked, with every reason in force."""

    account = models.ForeignKey("tenants.Account", models.PROTECT, related_name="+")
    campaign_id = models.IntegerField()
    at = models.DateTimeField()
    effect = models.TextField()
    reasons = models.JSONField()
    recipients = models.IntegerField(null=True)

    class Meta:
        db_table = "disposition"
        indexes = [models.Index(fields=["account", "campaign_id", "id"], name="disposition_of_campaign")]
