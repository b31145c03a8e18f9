"""Tables of reports."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0006_register")]
    operations = []
