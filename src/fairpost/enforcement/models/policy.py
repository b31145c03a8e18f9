"""A rule that mail is judged by, in versions that never change: what was decided under one stays decided under it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class PolicyClause(models.Model):
    """One version of one clause, in force from `effective_from` (included) to `effective_to` (not included).

    Triggers (migration 0001) refuse every change and removal, except that the next version sets
    `effective_to` once; they refuse versions that skip a number or begin before the one before them ends.
    `texts` is {language: {"title", "text"}}. `ground` says what a decision under it rests on: our terms
    (`incompatible`) or the law (`illegal`). `hash` is the SHA-256 of all that was published.
    """

    class Ground(models.TextChoices):
        INCOMPATIBLE = "incompatible"
        ILLEGAL = "illegal"

    code = models.TextField()
    version = models.IntegerField()
    effective_from = models.DateTimeField()
    effective_to = models.DateTimeField(null=True)
    texts = models.JSONField()
    dsa_category = models.TextField()
    dsa_keywords = models.JSONField(default=list)
    ground = models.TextField(choices=Ground.choices)
    hash = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "policy_clause"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="policy_clause_version"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(effective_to__isnull=True), name="policy_clause_one_without_end"
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
                name="policy_clause_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(ground__in=["incompatible", "illegal"]), name="policy_clause_ground"),
        ]
