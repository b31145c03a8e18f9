"""Control-plane models of campaigns."""

from fairpost.campaigns.models.campaign import Campaign

__all__ = ["Campaign"]
