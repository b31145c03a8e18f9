from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "fairpost.events"
    label = "events"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        from fairpost.contacts.behaviour import set_look_up
        from fairpost.contacts.holdings import Holding, declare
        from fairpost.kernel.late import late

        set_look_up(late("fairpost.events.behaviour:look_up"))
        donations = "fairpost.events.donations.held_here"
        declare(Holding("donations", f"{donations}:export", f"{donations}:erase"))
        feedback = "fairpost.events.feedback.held_here"
        declare(Holding("bounces and complaints", f"{feedback}:export", f"{feedback}:erase"))
        packing = "fairpost.events.packing.erase"
        declare(Holding("opens and clicks", f"{packing}:export", f"{packing}:erase"))
