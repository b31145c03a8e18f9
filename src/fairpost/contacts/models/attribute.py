"""An attribute of an account's contacts has one declared type: imports read and segments compare by it."""

from __future__ import annotations

from django.db import models

KINDS = ("text", "number", "date", "boolean")


class ContactAttribute(models.Model):
    account_id = models.IntegerField()
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in KINDS])
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "name"], name="contacts_attribute_once_per_account")
        ]
