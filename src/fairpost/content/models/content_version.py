"""What is sent, and can never be changed."""

from __future__ import annotations

from django.db import models


class ContentVersion(models.Model):
    """One mail as it goes out: an immutable document (a trigger refuses UPDATE and DELETE, migration 0002).

    `hash` is the SHA-256 of all that determines the mail, so the same content is one version of its unit,
    whoever saved it from wherever. `template` is where it was first saved from, `source` how it was written
    there.
    """

    account = models.ForeignKey("tenants.Account", models.PROTECT, related_name="+")
    unit = models.ForeignKey("tenants.BusinessUnit", models.PROTECT, null=True, related_name="+")
    template = models.ForeignKey("content.Template", models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("tenants.Organisation", models.PROTECT, related_name="+")
    joint_notice = models.ForeignKey("tenants.JointNotice", models.PROTECT, null=True, related_name="+")
    hash = models.TextField()
    name = models.TextField()
    language = models.TextField()
    document = models.JSONField()
    source = models.JSONField()
    findings = models.JSONField()
    asks_donation = models.BooleanField()
    size = models.IntegerField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "content_version"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "unit", "hash"], name="content_version_once", nulls_distinct=False
            ),
        ]
        indexes = [models.Index(fields=["account", "template"], name="content_version_template")]
