"""Addresses to which providers post what they know."""

from __future__ import annotations

from django.db import models


class InboundHook(models.Model):
    """One address `/w/<provider>/<hook_id>`; without `account_id` it is the installation's, for every account.

    The id is random, yet no secret: what makes a post genuine is its signature. `secret` is what the provider signs
    with, encrypted under the key ring; None where it signs with a key of its own. `settings` are the provider's.
    """

    hook_id = models.TextField(primary_key=True)
    account_id = models.IntegerField(null=True)
    provider = models.TextField()
    name = models.TextField(default="", blank=True)
    secret = models.BinaryField(null=True)
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "inbound_hook"
        indexes = [models.Index(fields=["account_id", "created_at"], name="inbound_hook_of_account")]
