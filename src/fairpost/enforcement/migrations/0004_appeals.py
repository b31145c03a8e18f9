"""Appeals, every act in them and what was ruled, with the triggers that keep it."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()
UNDONE = Path(__file__).with_name("0004_appeals_undone.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0003_notices")]

    operations = [
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measures", models.JSONField()),
                ("subject", models.TextField()),
                ("sealed", models.BinaryField()),
                ("stay_asked", models.BooleanField(default=False)),
                ("key_date", models.DateTimeField(null=True)),
                ("filed_via", models.TextField()),
                ("filed_at", models.DateTimeField()),
                ("informed_at", models.DateTimeField()),
                ("window_ends_at", models.DateTimeField()),
                ("first_touch_due_at", models.DateTimeField()),
                ("decision_due_at", models.DateTimeField()),
                ("state", models.TextField(default="filed")),
                ("touched_at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("answer_by", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.account"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="appeals", to="enforcement.decision"
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.organisation"
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
            ],
            options={
                "db_table": "appeal",
            },
        ),
        migrations.CreateModel(
            name="AppealAct",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.TextField()),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True, default="")),
                ("sealed", models.BinaryField(null=True)),
                ("detail", models.JSONField(default=dict)),
                (
                    "appeal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="enforcement.appeal"
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
                "db_table": "appeal_act",
            },
        ),
        migrations.CreateModel(
            name="AppealRuling",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.TextField()),
                ("reason", models.TextField()),
                ("excluded", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                (
                    "appeal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rulings", to="enforcement.appeal"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enforcement.decision",
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rulings", to="enforcement.measure"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "appeal_ruling",
            },
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(fields=["state", "decision_due_at"], name="appeal_in_queue"),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["inadmissible", "withdrawn"]), _negated=True),
                fields=("decision", "organisation", "account"),
                name="appeal_of_party_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="appealact",
            index=models.Index(fields=["appeal", "id"], name="appeal_act_in_order"),
        ),
        migrations.AddConstraint(
            model_name="appealruling",
            constraint=models.UniqueConstraint(
                fields=("appeal", "measure", "organisation"), name="appeal_ruling_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="appealruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["upheld", "varied", "overturned", "remanded"])),
                name="appeal_ruling_outcome",
            ),
        ),
        migrations.RunSQL(SQL, reverse_sql=UNDONE),
    ]
