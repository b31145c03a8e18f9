"""Private keys in the database are readable only with the installation's key ring, a file outside of it."""

from __future__ import annotations

from fairpost.audit.vault.ring import installation_keyring, keyring_path

__all__ = ["context_of", "installation_keyring", "keyring_path"]


def context_of(domain_name: str, selector: str) -> bytes:
    """What binds a ciphertext to its row: moved to another domain or selector it cannot be decrypted."""
    return f"dkim:{selector}._domainkey.{domain_name}".encode()
