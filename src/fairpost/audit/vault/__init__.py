"""The vault keeps personal data that one day must be erasable: sealed under a key of the person it is about."""

from fairpost.audit.vault.keys import destroy_key, open_for, seal_for, seal_many

__all__ = ["destroy_key", "open_for", "seal_for", "seal_many"]
