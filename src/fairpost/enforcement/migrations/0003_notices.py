"""Notices, what became of each, and what is still to be posted."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()
UNDONE = "DROP TRIGGER notice_kept ON notice; DROP TRIGGER notice_event_kept ON notice_event;"


def key():
    return models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def empty_link(to):
    return models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_installation_keys"), ("enforcement", "0002_decisions")]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", key()),
                ("why", models.TextField()),
                ("measures", models.JSONField(default=list)),
                ("reference", models.TextField(blank=True, default="")),
                ("outside_contact_id", models.IntegerField(null=True)),
                ("address_subject", models.TextField()),
                ("address", models.BinaryField()),
                ("content_subject", models.TextField()),
                ("content", models.BinaryField()),
                ("sha256", models.TextField()),
                ("language", models.TextField()),
                ("message_id", models.TextField(unique=True)),
                ("at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("account", empty_link("tenants.account")),
                ("organisation", empty_link("tenants.organisation")),
                ("person", empty_link("tenants.person")),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="enforcement.decision",
                    ),
                ),
            ],
            options={
                "db_table": "notice",
                "indexes": [
                    models.Index(fields=["account", "id"], name="notice_of_account"),
                    models.Index(fields=["decision", "id"], name="notice_of_decision"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeEvent",
            fields=[
                ("id", key()),
                ("what", models.TextField()),
                ("at", models.DateTimeField()),
                ("detail", models.JSONField(default=dict)),
                ("sealed", models.BinaryField(null=True)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="enforcement.notice"
                    ),
                ),
                ("person", empty_link("tenants.person")),
            ],
            options={
                "db_table": "notice_event",
                "indexes": [models.Index(fields=["notice", "id"], name="notice_event_in_order")],
            },
        ),
        migrations.CreateModel(
            name="NoticePost",
            fields=[
                (
                    "notice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="post",
                        serialize=False,
                        to="enforcement.notice",
                    ),
                ),
                ("state", models.TextField(default="queued")),
                ("next_at", models.DateTimeField()),
                ("attempts", models.IntegerField(default=0)),
                ("lease", models.UUIDField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "notice_post",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "handed_over", "failed", "withheld"])),
                        name="notice_post_state",
                    )
                ],
                "indexes": [
                    models.Index(
                        fields=["next_at"], condition=models.Q(("state", "queued")), name="notice_post_due"
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL, reverse_sql=UNDONE),
    ]
