from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "fairpost.events"
    label = "events"
    default_auto_field = "django.db.models.AutoField"
