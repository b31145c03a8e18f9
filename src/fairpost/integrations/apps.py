from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "fairpost.integrations"
    label = "integrations"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        from fairpost.events.listeners import listen
        from fairpost.integrations.webhooks.sources.clicks import note_folded

        listen(note_folded)
