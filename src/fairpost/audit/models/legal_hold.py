"""A legal hold suspends erasure and deletion for what it names, until it is released."""

from __future__ import annotations

from django.db import models


class LegalHold(models.Model):
    """Released ones stay, so that it can be told later what was held and when."""

    name = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=500)
    reason = models.TextField()
    placed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "legal_hold"


class LegalHoldItem(models.Model):
    """One subject or record that a hold names, as noun:id."""

    hold = models.ForeignKey(LegalHold, on_delete=models.PROTECT, related_name="items")
    item = models.CharField(max_length=150)

    class Meta:
        db_table = "legal_hold_item"
        constraints = [models.UniqueConstraint(fields=["item", "hold"], name="legal_hold_item_once")]
