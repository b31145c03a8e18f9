"""Orders of courts and authorities, and what was done about each."""

from __future__ import annotations

from django.db import models


class LegalOrder(models.Model):
    """One order as it was served; never changed. What follows are its acts.

    `sealed` holds authority, text, scope and who served it, as JSON under the key of `order:<id>`: an order may
    forbid that anybody learns of it. `legal_basis` and the deadline are needed to work by and stay open to legal
    officers.
    """

    seal_subject = models.TextField(unique=True)
    sealed = models.BinaryField()
    text_sha256 = models.TextField()
    legal_basis = models.TextField()
    deadline = models.DateTimeField()
    served_at = models.DateTimeField()
    forbids_disclosure = models.BooleanField(default=False)
    case = models.ForeignKey("enforcement.Case", models.PROTECT, null=True, related_name="+")
    registered_by = models.ForeignKey("tenants.Person", models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "legal_order"


class LegalOrderAct(models.Model):
    """One act on an order, in order: acted (with a decision or none), stayed, stay_ended, closed. Only ever added."""

    order = models.ForeignKey(LegalOrder, models.PROTECT, related_name="acts")
    act = models.TextField()
    at = models.DateTimeField()
    person = models.ForeignKey("tenants.Person", models.PROTECT, related_name="+")
    decision = models.ForeignKey("enforcement.Decision", models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField(null=True)
    sealed = models.BinaryField()

    class Meta:
        db_table = "legal_order_act"
        indexes = [models.Index(fields=["order", "id"], name="legal_order_act_in_order")]
