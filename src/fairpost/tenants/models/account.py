"""The tenant and its sub-accounts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Account(models.Model):
    """The contract customer on this installation; a restriction of one is a measure, never a column here."""

    holder = models.ForeignKey("tenants.Organisation", models.PROTECT, related_name="+")
    slug = models.TextField(unique=True)
    name = models.TextField()
    language = models.TextField(default="en")
    time_zone = models.TextField(default="UTC")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "account"


class BusinessUnit(models.Model):
    """A sub-account with its own lists, senders and people. Every account has exactly one default unit."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="units")
    slug = models.TextField()
    name = models.TextField()
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "business_unit"
        constraints = [
            models.UniqueConstraint(fields=["account", "slug"], name="business_unit_slug"),
            models.UniqueConstraint(fields=["account"], condition=Q(is_default=True), name="business_unit_default"),
        ]
