"""Decisions, the hands in them, their measures and what was done with each."""

from __future__ import annotations

from django.db import models


class Decision(models.Model):
    """What was proposed, word for word; never changed (migration 0002). A returned one is proposed anew.

    `version` is the SHA-256 of everything that a second person approves, coverage included. `detail` holds what few
    decisions have: near_election, appeal (that it answers), notice_withheld (why its notices are delayed).
    """

    case = models.ForeignKey("enforcement.Case", models.PROTECT, related_name="decisions")
    clauses = models.ManyToManyField("enforcement.PolicyClause", related_name="+", db_table="decision_clause")
    facts = models.TextField()
    quoted = models.TextField(default="", blank=True)
    campaigns = models.JSONField(default=list)
    milder_step = models.TextField()
    milder_why_not = models.TextField()
    automated_detection = models.BooleanField(default=False)
    automated_decision = models.TextField(default="no")
    assessment = models.JSONField(default=dict)
    responsible = models.JSONField(default=list)
    legal_ground = models.TextField(default="", blank=True)
    outside_redress = models.TextField(default="", blank=True)
    detail = models.JSONField(default=dict)
    evidence_hash = models.TextField()
    version = models.TextField()
    proposed_by = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "decision"


class DecisionHand(models.Model):
    """A person with a hand in a decision; the primary key lets nobody have two."""

    pk = models.CompositePrimaryKey("decision_id", "person_id")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="hands")
    person = models.ForeignKey("tenants.Person", models.PROTECT, related_name="+")
    role = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "decision_hand"


class Measure(models.Model):
    """One restriction on one scope; never changed. What is done with it are its acts.

    `four_eyes` is no, yes or after, as it applies to this one. `scope` holds what is expressly left out, too.
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="measures")
    kind = models.TextField()
    mechanism = models.JSONField(default=dict)
    scope = models.JSONField()
    duration = models.JSONField()
    strike = models.BooleanField(default=False)
    four_eyes = models.TextField()

    class Meta:
        db_table = "measure"


class MeasureAct(models.Model):
    """One act on a measure, in order; only ever added. `detail` is what the act needs to be understood."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="acts")
    act = models.TextField()
    at = models.DateTimeField()
    person = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(default="", blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "measure_act"
        indexes = [models.Index(fields=["measure", "id"], name="measure_act_in_order")]


class CoverageRevision(models.Model):
    """Who and what a measure covers and expressly does not, as it was stated at one time; only ever added."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="coverage")
    revision = models.IntegerField()
    statement = models.JSONField()
    hash = models.TextField()
    why = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "coverage_revision"
        constraints = [models.UniqueConstraint(fields=["measure", "revision"], name="coverage_revision_number")]
