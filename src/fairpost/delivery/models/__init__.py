"""Control-plane models of delivery."""

from fairpost.delivery.models.relay import Relay, RelayPool

__all__ = ["Relay", "RelayPool"]
