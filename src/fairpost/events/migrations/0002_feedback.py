"""What mailbox providers and people send back: bounces, complaints, reports of receivers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("events", "0001_events")]
    operations = []
