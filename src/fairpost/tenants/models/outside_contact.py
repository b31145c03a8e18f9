"""Addresses outside an account at which its people are reached when the account itself is not."""

from __future__ import annotations

from django.db import models


class OutsideContact(models.Model):
    """One address that gets the account's notices too, once its owner has agreed (`verified_at`)."""

    account = models.ForeignKey("tenants.Account", models.PROTECT, related_name="+")
    email = models.TextField()
    language = models.TextField()
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "outside_contact"
        constraints = [models.UniqueConstraint(fields=["account", "email"], name="outside_contact_once")]
