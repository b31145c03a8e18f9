"""Writes the record's table anew, so that no page of its file still holds a reason from before 0002."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # VACUUM runs in no transaction

    dependencies = [("audit", "0002_chain")]

    operations = [migrations.RunSQL("VACUUM (FULL, ANALYZE) audit_event", migrations.RunSQL.noop)]
