"""A kind of content under a name and a number: what a measure covers is fixed when the class is made."""

from __future__ import annotations

from django.db import models


class ContentClass(models.Model):
    """One version of one class: a rule over plain facts of a content version (`classes/rule.py`).

    Triggers (migration 0001) refuse every change and removal. `texts` is {language: {"title", "text"}}.
    `created_by_person` is empty for classes that come with Fairpost.
    """

    name = models.TextField()
    version = models.IntegerField()
    rule = models.JSONField()
    texts = models.JSONField()
    hash = models.TextField()
    created_by_person = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "content_class"
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="content_class_version"),
        ]
