from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "fairpost.events"
    label = "events"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        from fairpost.contacts.behaviour import set_look_up
        from fairpost.contacts.holdings import Holding, declare
        from fairpost.events.behaviour import look_up

        set_look_up(look_up)
        donations = "fairpost.events.donations.held_here"
        declare(Holding("donations", f"{donations}:export", f"{donations}:erase"))
