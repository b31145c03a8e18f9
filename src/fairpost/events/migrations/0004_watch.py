"""What the watch has seen and done."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("events", "0003_donations"), ("enforcement", "0008_statements")]
    operations = []
