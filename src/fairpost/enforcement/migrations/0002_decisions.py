"""Cases, decisions, measures, what is in force, and the triggers that keep what was decided as it was."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()
UNDONE = Path(__file__).with_name("0002_decisions_undone.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_installation_keys"), ("enforcement", "0001_policies")]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.TextField()),
                (
                    "source",
                    models.TextField(
                        choices=[
                            ("report", "Report"),
                            ("trusted_flagger", "Trusted Flagger"),
                            ("own_initiative", "Own Initiative"),
                            ("authority", "Authority"),
                            ("machine", "Machine"),
                        ]
                    ),
                ),
                ("source_identity", models.TextField(blank=True, default="")),
                ("queue", models.TextField(default="general")),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_reason", models.TextField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.account"
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
            ],
            options={
                "db_table": "enforcement_case",
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("facts", models.TextField()),
                ("quoted", models.TextField(blank=True, default="")),
                ("campaigns", models.JSONField(default=list)),
                ("milder_step", models.TextField()),
                ("milder_why_not", models.TextField()),
                ("automated_detection", models.BooleanField(default=False)),
                ("automated_decision", models.TextField(default="no")),
                ("assessment", models.JSONField(default=dict)),
                ("responsible", models.JSONField(default=list)),
                ("legal_ground", models.TextField(blank=True, default="")),
                ("outside_redress", models.TextField(blank=True, default="")),
                ("detail", models.JSONField(default=dict)),
                ("evidence_hash", models.TextField()),
                ("version", models.TextField()),
                ("proposed_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="enforcement.case"
                    ),
                ),
                (
                    "clauses",
                    models.ManyToManyField(db_table="decision_clause", related_name="+", to="enforcement.policyclause"),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "supersedes",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enforcement.decision",
                    ),
                ),
            ],
            options={
                "db_table": "decision",
            },
        ),
        migrations.CreateModel(
            name="DecisionHand",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "decision_id", "person_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("role", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hands", to="enforcement.decision"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
            ],
            options={
                "db_table": "decision_hand",
            },
        ),
        migrations.CreateModel(
            name="Disposition",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("campaign_id", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("effect", models.TextField()),
                ("reasons", models.JSONField()),
                ("recipients", models.IntegerField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.account"
                    ),
                ),
            ],
            options={
                "db_table": "disposition",
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.TextField()),
                ("reference", models.TextField(blank=True, default="")),
                ("sha256", models.TextField()),
                ("sealed", models.BinaryField()),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="enforcement.case"
                    ),
                ),
            ],
            options={
                "db_table": "evidence",
            },
        ),
        migrations.CreateModel(
            name="EvidenceView",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("evidence_hash", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="views", to="enforcement.case"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
            ],
            options={
                "db_table": "evidence_view",
            },
        ),
        migrations.CreateModel(
            name="Force",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.TextField()),
                ("source_id", models.IntegerField()),
                ("decision_id", models.IntegerField(null=True)),
                ("kind", models.TextField()),
                ("scope", models.JSONField()),
                ("effect", models.JSONField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("stays", models.JSONField(default=list)),
                ("ended", models.BooleanField(default=False)),
                ("version", models.BigIntegerField()),
            ],
            options={
                "db_table": "force",
                "indexes": [models.Index(fields=["version"], name="force_version_of")],
                "constraints": [models.UniqueConstraint(fields=("source", "source_id"), name="force_source")],
            },
        ),
        migrations.CreateModel(
            name="HeldCampaign",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("campaign_id", models.IntegerField()),
                ("state", models.TextField(default="held")),
                ("reasons", models.JSONField()),
                ("held_at", models.DateTimeField()),
                ("review", models.BooleanField(default=False)),
                ("review_due_at", models.DateTimeField(null=True)),
                ("on_time_out", models.TextField(blank=True, default="")),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_reason", models.TextField(blank=True, default="")),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_by", models.TextField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.account"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
            ],
            options={
                "db_table": "held_campaign",
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("mechanism", models.JSONField(default=dict)),
                ("scope", models.JSONField()),
                ("duration", models.JSONField()),
                ("strike", models.BooleanField(default=False)),
                ("four_eyes", models.TextField()),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="measures", to="enforcement.decision"
                    ),
                ),
            ],
            options={
                "db_table": "measure",
            },
        ),
        migrations.CreateModel(
            name="CoverageRevision",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.IntegerField()),
                ("statement", models.JSONField()),
                ("hash", models.TextField()),
                ("why", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coverage", to="enforcement.measure"
                    ),
                ),
            ],
            options={
                "db_table": "coverage_revision",
            },
        ),
        migrations.CreateModel(
            name="MeasureAct",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.TextField()),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True, default="")),
                ("detail", models.JSONField(default=dict)),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="enforcement.measure"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
            ],
            options={
                "db_table": "measure_act",
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("capability", models.TextField()),
                ("reason", models.TextField(blank=True, default="")),
                ("begun_by", models.TextField()),
                ("begun_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("ended_by", models.TextField(blank=True, default="")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.account"
                    ),
                ),
                (
                    "begun_by_person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "ended_by_person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "joint_sender",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.jointsender",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.businessunit",
                    ),
                ),
            ],
            options={
                "db_table": "pause",
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["closed_at", "queue", "due_at"], name="enforcement_case_queue"),
        ),
        migrations.AddIndex(
            model_name="disposition",
            index=models.Index(fields=["account", "campaign_id", "id"], name="disposition_of_campaign"),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["reference"], name="evidence_reference"),
        ),
        migrations.AddConstraint(
            model_name="evidenceview",
            constraint=models.UniqueConstraint(fields=("case", "person", "evidence_hash"), name="evidence_view_once"),
        ),
        migrations.AddConstraint(
            model_name="heldcampaign",
            constraint=models.UniqueConstraint(fields=("account", "campaign_id"), name="held_campaign_once"),
        ),
        migrations.AddConstraint(
            model_name="coveragerevision",
            constraint=models.UniqueConstraint(fields=("measure", "revision"), name="coverage_revision_number"),
        ),
        migrations.AddIndex(
            model_name="measureact",
            index=models.Index(fields=["measure", "id"], name="measure_act_in_order"),
        ),
        migrations.RunSQL(SQL, reverse_sql=UNDONE),
    ]
