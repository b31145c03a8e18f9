"""What an order forbids to disclose is counted in bands: that there is something is told, how much is not."""

from __future__ import annotations


def band(count: int) -> str:
    """0, 1-9, 10-99, 100-999 and so on."""
    if count <= 0:
        return "0"
    digits = len(str(count))
    return f"{10 ** (digits - 1)}-{10**digits - 1}"
