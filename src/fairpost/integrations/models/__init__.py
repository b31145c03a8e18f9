"""What an account or the installation set up with other systems; only this package imports these."""

from fairpost.integrations.models.inbound_hook import InboundHook
from fairpost.integrations.models.webhook import Webhook

__all__ = ["InboundHook", "Webhook"]
