"""A real-world body: a party, company or committee."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Organisation(models.Model):
    """A body that holds accounts, sends, or takes part in a joint sender.

    `account` is the account that registered it and may use it; empty for one registered by the installation,
    which the accounts use that it holds. Two rows may stand for one body: an operator who has made sure of it points
    one at the other by `same_as`, and what concerns either then concerns both.
    """

    account = models.ForeignKey("tenants.Account", models.PROTECT, null=True, related_name="+")
    name = models.TextField()
    postal_address = models.TextField(default="", blank=True)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "organisation"
        constraints = [
            models.CheckConstraint(
                condition=Q(same_as__isnull=True) | ~Q(same_as=F("id")), name="organisation_same_as_another"
            ),
        ]
