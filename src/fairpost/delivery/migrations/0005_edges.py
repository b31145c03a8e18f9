"""The edges that senders wait for."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("delivery", "0004_restrictions")]
    operations = [migrations.RunSQL(SQL, reverse_sql="DROP TABLE edge")]
