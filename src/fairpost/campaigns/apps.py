from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "fairpost.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        from fairpost.contacts.behaviour import set_find_campaign
        from fairpost.contacts.holdings import Holding, declare
        from fairpost.enforcement.ports import set_mailings
        from fairpost.kernel.late import late

        set_mailings(late("fairpost.campaigns.mailings:CampaignMailings"))
        set_find_campaign(late("fairpost.campaigns.queries.named_in_segments:campaign_in_segment"))
        declare(Holding("mailings", "fairpost.campaigns.held_here:mailings"))
