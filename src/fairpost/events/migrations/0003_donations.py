"""Donations, line by line: what was stated of them, and what is made of it, in plain SQL."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("events", "0002_feedback")]
    operations = [migrations.RunSQL(SQL, reverse_sql=migrations.RunSQL.noop)]
