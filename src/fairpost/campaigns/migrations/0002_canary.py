"""A campaign may begin with a small part of its audience."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]

    operations = [
        migrations.AddField("campaign", "canary_percent", models.FloatField(default=0)),
        migrations.AddField("campaign", "canary_minutes", models.IntegerField(default=0)),
    ]
