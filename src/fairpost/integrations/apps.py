from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "fairpost.integrations"
    label = "integrations"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        from fairpost.contacts.holdings import Holding, declare
        from fairpost.events.listeners import listen
        from fairpost.kernel.late import late

        here = "fairpost.integrations.held_here"
        declare(Holding("webhooks", f"{here}:export", f"{here}:erase"))
        listen(late("fairpost.integrations.webhooks.sources.clicks:note_folded"))
