"""Secrets that are shared with other systems lie in the database only encrypted under the installation's key ring."""

from __future__ import annotations

from fairpost.tenants.keyring import installation_keyring


def seal_secret(secret: str, place: str) -> bytes:
    """`place` is what it belongs to, such as `webhook:5`: moved elsewhere it cannot be read."""
    return installation_keyring().encrypt(secret.encode(), place.encode())


def open_secret(sealed: bytes, place: str) -> str:
    return installation_keyring().decrypt(bytes(sealed), place.encode()).decode()


def webhook_place(account_id: int, webhook_id: int) -> str:
    return f"webhook:{account_id}/{webhook_id}"


def hook_place(hook_id: str) -> str:
    return f"inbound_hook:{hook_id}"
