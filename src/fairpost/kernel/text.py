"""Translation of everything people read: mark each sentence with `_` and fill it with `.format` afterwards."""

from __future__ import annotations


def _(message: str) -> str:
    """The message in the language of this process or request; the English text itself is the key."""
    return message
