from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "fairpost.api"
    label = "api"

    def ready(self) -> None:
        from fairpost.contacts.holdings import Holding, declare

        declare(Holding("answers", "", "fairpost.api.held_here:erase"))
