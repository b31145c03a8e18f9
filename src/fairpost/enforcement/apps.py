from django.apps import AppConfig


class EnforcementConfig(AppConfig):
    name = "fairpost.enforcement"
    label = "enforcement"
    default_auto_field = "django.db.models.AutoField"
