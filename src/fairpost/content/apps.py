from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "fairpost.content"
    label = "content"
    default_auto_field = "django.db.models.AutoField"
