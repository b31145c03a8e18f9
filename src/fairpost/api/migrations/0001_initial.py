"""What the API keeps for itself: answers to repeat, buckets of its pace, uploads that wait."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("0001_initial.sql").read_text()


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(SQL, reverse_sql=migrations.RunSQL.noop)]
