"""The register: what was decided, as others may read it, in statements that are only ever added to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class RegisterEntry(models.Model):
    """The entry of one decision, made when it is activated. Who sees it is computed (`register.visibility`).

    `publish` is the setting as it was then: a later change publishes nothing that parties were told is theirs.
    `anonymous` ones (interim measures and brakes) name nobody.
    """

    decision = models.OneToOneField("enforcement.Decision", models.PROTECT, related_name="+")
    anonymous = models.BooleanField(default=False)
    publish = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "register_entry"


class RegisterParty(models.Model):
    """Whom the decision is about: accounts read the entry from the beginning, organisations may have none to read by.

    Each has its own window for an appeal, from when it was added to the coverage.
    """

    entry = models.ForeignKey(RegisterEntry, models.PROTECT, related_name="parties")
    account = models.ForeignKey("tenants.Account", models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("tenants.Organisation", models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    window_ends_at = models.DateTimeField()

    class Meta:
        db_table = "register_party"
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "account", "organisation"], nulls_distinct=False, name="register_party_once"
            )
        ]


class RegisterStatement(models.Model):
    """What the entry says: number 1 the decision itself, then every amendment. Never changed (migration 0006)."""

    entry = models.ForeignKey(RegisterEntry, models.PROTECT, related_name="statements")
    number = models.IntegerField()
    kind = models.TextField()
    at = models.DateTimeField()
    content = models.JSONField()

    class Meta:
        db_table = "register_statement"
        constraints = [models.UniqueConstraint(fields=["entry", "number"], name="register_statement_number")]


class RegisterSeal(models.Model):
    """Until `until` an entry says only that it is sealed, and on what legal basis. Ends by itself, or earlier."""

    decision = models.ForeignKey("enforcement.Decision", models.PROTECT, related_name="+")
    legal_basis = models.TextField()
    sealed_at = models.DateTimeField()
    sealed_by = models.ForeignKey("tenants.Person", models.PROTECT, related_name="+")
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "register_seal"
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=models.F("sealed_at")), name="register_seal_has_an_end"),
            models.CheckConstraint(condition=~Q(legal_basis=""), name="register_seal_has_a_basis"),
        ]


class RegisterKeepOut(models.Model):
    """An order keeps an entry out of the register. There is no date: a person ends it."""

    decision = models.ForeignKey("enforcement.Decision", models.PROTECT, related_name="+")
    order = models.ForeignKey("enforcement.LegalOrder", models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey("tenants.Person", models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "register_keep_out"
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "order"], condition=Q(ended_at__isnull=True), name="register_keep_out_once"
            )
        ]
