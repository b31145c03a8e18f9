"""Answers to parts of segments, kept until a contact changes."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_consent")]
    operations = [migrations.RunSQL(SQL, reverse_sql=migrations.RunSQL.noop)]
