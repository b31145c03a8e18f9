"""Donations, line by line."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("events", "0002_feedback")]
    operations = []
