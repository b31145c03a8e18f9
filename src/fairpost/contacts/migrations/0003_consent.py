"""Who agreed to what, when and how; forms, and who may be tracked."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_name("0003_consent.sql").read_text()
# A text that people agreed to stays what it was: lines of the ledger name its version.
IMMUTABLE = """
CREATE FUNCTION consent_text_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'consent_text is immutable: % is refused, publish a new version', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER consent_text_immutable BEFORE UPDATE OR DELETE ON consent_text
    FOR EACH STATEMENT EXECUTE FUNCTION consent_text_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_control_plane")]
    operations = [
        migrations.RunSQL(SQL, reverse_sql=migrations.RunSQL.noop),
        migrations.AddField(
            "contactlist", "public_title", models.CharField(max_length=200, default="", db_default="")
        ),
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.IntegerField()),
                ("name", models.CharField(max_length=40)),
                ("version", models.IntegerField()),
                ("language", models.CharField(max_length=2)),
                ("text", models.TextField()),
                ("published_at", models.DateTimeField()),
            ],
            options={
                "db_table": "consent_text",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account_id", "name", "version", "language"), name="consent_text_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignupForm",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.IntegerField()),
                ("unit_id", models.IntegerField(null=True)),
                ("public_id", models.CharField(max_length=24, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("language", models.CharField(max_length=2)),
                ("lists", models.JSONField()),
                ("attributes", models.JSONField()),
                ("consent", models.CharField(max_length=40)),
                ("mail_text", models.TextField()),
                ("origins", models.JSONField()),
                ("redirect_url", models.TextField()),
                ("identity_id", models.IntegerField()),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["account_id", "id"], name="contacts_form_by_account")],
            },
        ),
        migrations.RunSQL(IMMUTABLE, reverse_sql=migrations.RunSQL.noop),
    ]
