"""An organisation made of others, and what it must tell donors."""

from __future__ import annotations

from django.db import models


class JointSender(models.Model):
    """A joint committee: itself an organisation, administered by one account."""

    account = models.ForeignKey("tenants.Account", models.PROTECT, related_name="+")
    organisation = models.OneToOneField("tenants.Organisation", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "joint_sender"


class JointSenderParticipant(models.Model):
    """One organisation's participation, from its first day until (not including) the day it left.

    That the same organisation's times do not overlap is an exclusion constraint (migration 0002).
    """

    joint_sender = models.ForeignKey(JointSender, models.PROTECT, related_name="participants")
    organisation = models.ForeignKey("tenants.Organisation", models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        db_table = "joint_sender_participant"


class JointNotice(models.Model):
    """One immutable version of the notice (a trigger refuses UPDATE and DELETE, migration 0002).

    `formula` is the structured notice, `texts` what it says in each language, `hash` the SHA-256 of both.
    """

    joint_sender = models.ForeignKey(JointSender, models.PROTECT, related_name="notices")
    version = models.IntegerField()
    formula = models.JSONField()
    texts = models.JSONField()
    hash = models.TextField()
    valid_from = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "joint_notice"
        constraints = [
            models.UniqueConstraint(fields=["joint_sender", "version"], name="joint_notice_version"),
        ]
