from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "fairpost.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.AutoField"
