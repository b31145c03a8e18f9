from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "fairpost.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        from fairpost.campaigns.mailings import CampaignMailings
        from fairpost.campaigns.queries.named_in_segments import campaign_in_segment
        from fairpost.contacts.behaviour import set_find_campaign
        from fairpost.contacts.holdings import Holding, declare
        from fairpost.enforcement.ports import set_mailings

        set_mailings(CampaignMailings())
        set_find_campaign(campaign_in_segment)
        declare(Holding("mailings", "fairpost.campaigns.held_here:mailings"))
