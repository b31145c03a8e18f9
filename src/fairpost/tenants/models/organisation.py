"""A real-world body: a party, company or committee."""

from __future__ import annotations

from django.db import models


class Organisation(models.Model):
    """A body that holds accounts, sends, or takes part in a joint sender.

    `account` is the account that registered it and may use it; empty for one registered by the installation,
    which the accounts use that it holds.
    """

    account = models.ForeignKey("tenants.Account", models.PROTECT, null=True, related_name="+")
    name = models.TextField()
    postal_address = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "organisation"
