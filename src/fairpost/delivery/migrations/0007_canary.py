"""Campaigns that begin with a small part."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("delivery", "0006_tracking")]
    operations = []
