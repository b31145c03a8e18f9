"""Answers to parts of segments, kept until a contact changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_consent")]
    operations = []
