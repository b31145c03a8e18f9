"""Outcomes of campaigns that are over, packed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("delivery", "0007_canary")]
    operations = []
