"""A consent text is what a person was shown and agreed to; a version that was published never changes."""

from __future__ import annotations

from django.db import models


class ConsentText(models.Model):
    account_id = models.IntegerField()
    name = models.CharField(max_length=40)
    version = models.IntegerField()
    language = models.CharField(max_length=2)
    text = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        db_table = "consent_text"
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "name", "version", "language"], name="consent_text_version_once"
            )
        ]
