from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "fairpost.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        from fairpost.campaigns.mailings import CampaignMailings
        from fairpost.enforcement.ports import set_mailings

        set_mailings(CampaignMailings())
