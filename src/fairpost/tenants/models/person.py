"""People and the roles they hold."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Person(models.Model):
    """Someone who signs in. One person has one address and may hold roles in several accounts."""

    email = models.TextField(unique=True)
    name = models.TextField()
    password_hash = models.TextField(default="", blank=True)
    language = models.TextField(default="en")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "person"


class Membership(models.Model):
    """One role of one person: in a business unit, a whole account (no unit) or all accounts (no account)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    account = models.ForeignKey("tenants.Account", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("tenants.BusinessUnit", models.PROTECT, null=True, related_name="+")
    role = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "membership"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "account", "unit", "role"], name="membership_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=False) | Q(unit__isnull=True), name="membership_unit_in_account"
            ),
        ]
