"""Who a mail says it is from, and the domains that stand for it."""

from __future__ import annotations

from django.db import models


class SendingDomain(models.Model):
    """A domain that an account sends from, as A-labels; two accounts may use one, each with its own keys."""

    account = models.ForeignKey("tenants.Account", models.PROTECT, related_name="+")
    name = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "sending_domain"
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="sending_domain_name")]


class SenderIdentity(models.Model):
    """A From address of a business unit, and the organisation or joint sender that it sends for."""

    account = models.ForeignKey("tenants.Account", models.PROTECT, related_name="+")
    unit = models.ForeignKey("tenants.BusinessUnit", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("tenants.Organisation", models.PROTECT, related_name="+")
    joint_sender = models.ForeignKey("tenants.JointSender", models.PROTECT, null=True, related_name="+")
    domain = models.ForeignKey(SendingDomain, models.PROTECT, related_name="identities")
    from_name = models.TextField()
    from_address = models.TextField()
    reply_to = models.TextField(default="", blank=True)
    postal_address = models.TextField()
    link_domain = models.TextField(default="", blank=True)
    return_path_domain = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "sender_identity"
        constraints = [
            models.UniqueConstraint(fields=["unit", "from_address", "organisation"], name="sender_identity_once"),
        ]


class IdentityCheck(models.Model):
    """What DNS said about an identity at one time."""

    identity = models.ForeignKey(SenderIdentity, models.CASCADE, related_name="checks")
    at = models.DateTimeField()
    passed = models.BooleanField()
    findings = models.JSONField()

    class Meta:
        db_table = "identity_check"
        indexes = [models.Index(fields=["identity", "-at"], name="identity_check_latest")]
