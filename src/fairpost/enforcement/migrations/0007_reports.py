"""Reports from outside, who sends them, and how many may come."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_installation_keys"), ("enforcement", "0006_register")]

    operations = [
        migrations.CreateModel(
            name="Reporter",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address_hash", models.BinaryField(null=True, unique=True)),
                ("name", models.TextField(blank=True, default="")),
                ("trusted_since", models.DateTimeField(null=True)),
                ("trusted_until", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "reporter",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("trusted_since__isnull", True), models.Q(("name", ""), _negated=True), _connector="OR"
                        ),
                        name="reporter_trusted_named",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.TextField()),
                ("category", models.TextField()),
                ("language", models.TextField()),
                ("campaign_id", models.IntegerField(null=True)),
                ("sealed", models.BinaryField()),
                ("sealed_address", models.BinaryField(null=True)),
                ("digest", models.BinaryField()),
                ("trusted", models.BooleanField(default=False)),
                ("state", models.TextField(default="filed")),
                ("filed_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(blank=True, default="")),
                ("unfounded", models.BooleanField(default=False)),
                ("reasons", models.TextField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.account"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enforcement.case"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
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
                    "reporter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="enforcement.reporter"
                    ),
                ),
            ],
            options={
                "db_table": "report",
            },
        ),
        migrations.CreateModel(
            name="ReportComplaint",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed", models.BinaryField()),
                ("filed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(blank=True, default="")),
                ("reasons", models.TextField(blank=True, default="")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="complaint", to="enforcement.report"
                    ),
                ),
            ],
            options={
                "db_table": "report_complaint",
            },
        ),
        migrations.CreateModel(
            name="ReportPace",
            fields=[
                ("key", models.BinaryField(primary_key=True, serialize=False)),
                ("tokens", models.FloatField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "report_pace",
            },
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["account", "campaign_id"], name="report_of_campaign"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["state", "trusted", "filed_at"], name="report_queue"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["reporter", "decided_at"], name="report_of_reporter"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "filed")), fields=("digest",), name="report_once_while_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "filed"),
                    models.Q(("decided_at__isnull", False), models.Q(("reasons", ""), _negated=True)),
                    _connector="OR",
                ),
                name="report_decided_with_reasons",
            ),
        ),
    ]
