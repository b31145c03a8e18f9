"""Every address has one canonical form, by which contacts are unique and suppressions hold."""

from fairpost.contacts.addresses.address import Address, canonical_form, parse_address

__all__ = ["Address", "canonical_form", "parse_address"]
