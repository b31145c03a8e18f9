"""What an author is still working on."""

from __future__ import annotations

from django.db import models


class Template(models.Model):
    """A mail in the making, changed at will. `unit` empty means that all units of the account share it.

    Exactly one of `mjml` and `html` is filled; an empty `text` is made from the HTML when a version is saved.
    """

    account = models.ForeignKey("tenants.Account", models.PROTECT, related_name="+")
    unit = models.ForeignKey("tenants.BusinessUnit", models.PROTECT, null=True, related_name="+")
    name = models.TextField()
    subject = models.TextField(default="", blank=True)
    preheader = models.TextField(default="", blank=True)
    mjml = models.TextField(default="", blank=True)
    html = models.TextField(default="", blank=True)
    text = models.TextField(default="", blank=True)
    language = models.TextField(default="en")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "template"
        constraints = [
            models.UniqueConstraint(fields=["account", "unit", "name"], name="template_name", nulls_distinct=False),
        ]
