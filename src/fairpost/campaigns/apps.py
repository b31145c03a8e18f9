from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "fairpost.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.AutoField"
