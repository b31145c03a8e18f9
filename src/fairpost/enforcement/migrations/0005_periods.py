"""Periods of elevated risk, the dates near which less is allowed, and clearances."""

import datetime
from pathlib import Path

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()
UNDONE = Path(__file__).with_name("0005_periods_undone.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0004_appeals")]

    operations = [
        migrations.CreateModel(
            name="Clearance",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_hash", models.TextField()),
                ("family", models.TextField(blank=True, default="")),
                ("cleared_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_reason", models.TextField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.account"
                    ),
                ),
                (
                    "cleared_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
            ],
            options={
                "db_table": "clearance",
            },
        ),
        migrations.CreateModel(
            name="KeyDate",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField(choices=[("election", "Election"), ("filing", "Filing")])),
                ("name", models.TextField()),
                ("at", models.DateTimeField()),
                ("declared_at", models.DateTimeField()),
                (
                    "declared_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
            ],
            options={
                "db_table": "key_date",
            },
        ),
        migrations.CreateModel(
            name="RiskPeriod",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.JSONField()),
                ("reason", models.TextField()),
                ("evidence", models.TextField()),
                ("public_text", models.JSONField()),
                ("review_hours", models.IntegerField()),
                ("on_time_out", models.TextField()),
                ("covers_cleared", models.BooleanField(default=False)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("hash", models.TextField()),
                ("declared_at", models.DateTimeField()),
                ("seconded_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_reason", models.TextField(blank=True, default="")),
                ("closing_text", models.JSONField(default=dict)),
                ("report", models.JSONField(null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "renews",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enforcement.riskperiod",
                    ),
                ),
                (
                    "seconded_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
            ],
            options={
                "db_table": "risk_period",
            },
        ),
        migrations.AddIndex(
            model_name="clearance",
            index=models.Index(
                condition=models.Q(("withdrawn_at", None)), fields=["content_hash"], name="clearance_of_content"
            ),
        ),
        migrations.AddConstraint(
            model_name="keydate",
            constraint=models.UniqueConstraint(fields=("kind", "at", "name"), name="key_date_once"),
        ),
        migrations.AddConstraint(
            model_name="riskperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("declared_by", models.F("seconded_by")), _negated=True),
                name="risk_period_two_declarers",
            ),
        ),
        migrations.AddConstraint(
            model_name="riskperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__gt", models.F("starts_at")),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_at"), "+", models.Value(datetime.timedelta(days=14))
                        ),
                    ),
                ),
                name="risk_period_at_most_14_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="riskperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("seconded_at__isnull", True), ("seconded_by__isnull", True)),
                    models.Q(("seconded_at__isnull", False), ("seconded_by__isnull", False)),
                    _connector="OR",
                ),
                name="risk_period_seconded",
            ),
        ),
        migrations.RunSQL(SQL, reverse_sql=UNDONE),
    ]
