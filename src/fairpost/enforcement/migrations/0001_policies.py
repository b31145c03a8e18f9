"""Policy clauses and content classes, and what keeps both as they were published."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

GUARDS = Path(__file__).with_suffix(".sql").read_text()
UNGUARDED = """
DROP TRIGGER policy_clause_immutable ON policy_clause;
DROP TRIGGER content_class_immutable ON content_class;
DROP FUNCTION policy_clause_guard;
DROP FUNCTION content_class_refuse;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("tenants", "0003_installation_keys")]
    operations = [
        migrations.CreateModel(
            name="PolicyClause",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField()),
                ("version", models.IntegerField()),
                ("effective_from", models.DateTimeField()),
                ("effective_to", models.DateTimeField(null=True)),
                ("texts", models.JSONField()),
                ("dsa_category", models.TextField()),
                ("dsa_keywords", models.JSONField(default=list)),
                (
                    "ground",
                    models.TextField(choices=[("incompatible", "Incompatible"), ("illegal", "Illegal")]),
                ),
                ("hash", models.TextField()),
                ("created_at", models.DateTimeField()),
            ],
            options={"db_table": "policy_clause"},
        ),
        migrations.CreateModel(
            name="ContentClass",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("version", models.IntegerField()),
                ("rule", models.JSONField()),
                ("texts", models.JSONField()),
                ("hash", models.TextField()),
                ("created_at", models.DateTimeField()),
                (
                    "created_by_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.person",
                    ),
                ),
            ],
            options={"db_table": "content_class"},
        ),
        migrations.AddConstraint(
            model_name="policyclause",
            constraint=models.UniqueConstraint(fields=["code", "version"], name="policy_clause_version"),
        ),
        migrations.AddConstraint(
            model_name="policyclause",
            constraint=models.UniqueConstraint(
                condition=Q(("effective_to__isnull", True)), fields=["code"], name="policy_clause_one_without_end"
            ),
        ),
        migrations.AddConstraint(
            model_name="policyclause",
            constraint=models.CheckConstraint(
                condition=Q(("effective_to__isnull", True), ("effective_to__gt", F("effective_from")), _connector="OR"),
                name="policy_clause_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyclause",
            constraint=models.CheckConstraint(
                condition=Q(("ground__in", ["incompatible", "illegal"])), name="policy_clause_ground"
            ),
        ),
        migrations.AddConstraint(
            model_name="contentclass",
            constraint=models.UniqueConstraint(fields=["name", "version"], name="content_class_version"),
        ),
        migrations.RunSQL(GUARDS, reverse_sql=UNGUARDED),
    ]
