"""Relays and the pools that share their load."""

from __future__ import annotations

from django.db import models


class RelayPool(models.Model):
    """Relays that stand in for one another. A pool without account serves every account."""

    account_id = models.IntegerField(null=True)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "relay_pool"
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "name"], name="relay_pool_name", nulls_distinct=False
            ),
        ]


class Relay(models.Model):
    """One SMTP server that takes messages from Fairpost. The password is encrypted under the key ring.

    `signs` says that it adds DKIM signatures itself, so that Fairpost leaves them to it. `kind` names the adapter that
    reaches into its queue (`fairpost.delivery.reach.adapters`; `smtp` means none), `queue_access` is what that needs.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        STOPPED = "stopped"

    pool = models.ForeignKey(RelayPool, on_delete=models.PROTECT, related_name="relays")
    name = models.CharField(max_length=100)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    tls = models.CharField(max_length=8)
    verify = models.BooleanField(default=True)
    ca_file = models.CharField(max_length=500, default="", blank=True)
    username = models.CharField(max_length=200, default="", blank=True)
    password_encrypted = models.BinaryField(default=b"")
    signs = models.BooleanField(default=False)
    weight = models.PositiveIntegerField(default=1)
    rate_per_second = models.FloatField(null=True)
    max_connections = models.PositiveIntegerField(null=True)
    max_messages = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=20, default="smtp")
    queue_access = models.JSONField(default=dict, blank=True)
    queue_secret_encrypted = models.BinaryField(default=b"")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    state_reason = models.TextField(default="", blank=True)
    state_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "relay"
        constraints = [models.UniqueConstraint(fields=["pool", "name"], name="relay_name")]
