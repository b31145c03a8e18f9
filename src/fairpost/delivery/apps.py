from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "fairpost.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        from fairpost.contacts.holdings import Holding, declare

        declare(Holding("trail", "", "fairpost.delivery.held_here:erase"))
