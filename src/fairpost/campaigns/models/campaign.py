"""A campaign: one mailing, from draft to done."""

from __future__ import annotations

from django.db import models


class Campaign(models.Model):
    """Content version + audience + sender identity + schedule.

    `state` is the author's side (draft, scheduled, started, blocked); once started the dispatch row of the same number
    says what is going on, and nothing here repeats it.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        SCHEDULED = "scheduled"
        STARTED = "started"
        CANCELLED = "cancelled"

    account = models.ForeignKey("tenants.Account", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("tenants.BusinessUnit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    identity = models.ForeignKey("tenants.SenderIdentity", on_delete=models.PROTECT, related_name="+")
    content_version_id = models.IntegerField()
    audience = models.JSONField()
    pool_id = models.IntegerField(null=True)
    tracking = models.BooleanField(default=True)
    canary_percent = models.FloatField(default=0)
    canary_minutes = models.IntegerField(default=0)
    test_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="tests")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    state_reason = models.TextField(default="", blank=True)
    scheduled_at = models.DateTimeField(null=True)
    latest_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "campaign"
        indexes = [models.Index(fields=["state", "scheduled_at"], name="campaign_due")]
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="campaign_name")]
