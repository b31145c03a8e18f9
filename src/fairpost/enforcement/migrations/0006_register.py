"""The register and the orders that may keep something out of it; what was stated is only ever added to."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()
UNDONE = Path(__file__).with_name("0006_register_undone.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_installation_keys"), ("enforcement", "0005_periods")]

    operations = [
        migrations.CreateModel(
            name="LegalOrder",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seal_subject", models.TextField(unique=True)),
                ("sealed", models.BinaryField()),
                ("text_sha256", models.TextField()),
                ("legal_basis", models.TextField()),
                ("deadline", models.DateTimeField()),
                ("served_at", models.DateTimeField()),
                ("forbids_disclosure", models.BooleanField(default=False)),
                ("registered_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enforcement.case"
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
            ],
            options={
                "db_table": "legal_order",
            },
        ),
        migrations.CreateModel(
            name="LegalOrderAct",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.TextField()),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("sealed", models.BinaryField()),
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="enforcement.legalorder"
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
                "db_table": "legal_order_act",
                "indexes": [models.Index(fields=["order", "id"], name="legal_order_act_in_order")],
            },
        ),
        migrations.CreateModel(
            name="RegisterEntry",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("anonymous", models.BooleanField(default=False)),
                ("publish", models.TextField()),
                ("made_at", models.DateTimeField()),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enforcement.decision"
                    ),
                ),
            ],
            options={
                "db_table": "register_entry",
            },
        ),
        migrations.CreateModel(
            name="RegisterParty",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField()),
                ("window_ends_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.account"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="enforcement.registerentry",
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
                "db_table": "register_party",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "account", "organisation"), name="register_party_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterStatement",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("kind", models.TextField()),
                ("at", models.DateTimeField()),
                ("content", models.JSONField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="enforcement.registerentry",
                    ),
                ),
            ],
            options={
                "db_table": "register_statement",
                "constraints": [models.UniqueConstraint(fields=("entry", "number"), name="register_statement_number")],
            },
        ),
        migrations.CreateModel(
            name="RegisterSeal",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("legal_basis", models.TextField()),
                ("sealed_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enforcement.decision"
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "sealed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
            ],
            options={
                "db_table": "register_seal",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("sealed_at"))), name="register_seal_has_an_end"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("legal_basis", ""), _negated=True), name="register_seal_has_a_basis"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterKeepOut",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kept_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enforcement.decision"
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "kept_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enforcement.legalorder"
                    ),
                ),
            ],
            options={
                "db_table": "register_keep_out",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("decision", "order"),
                        name="register_keep_out_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL, UNDONE),
    ]
