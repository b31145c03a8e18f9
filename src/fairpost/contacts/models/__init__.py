"""The control plane of contacts: lists, segments, attributes, imports. Contacts are SQL tables."""

from fairpost.contacts.models.attribute import ContactAttribute
from fairpost.contacts.models.contact_import import ContactImport
from fairpost.contacts.models.contact_list import ContactList
from fairpost.contacts.models.segment import Segment

__all__ = ["ContactAttribute", "ContactImport", "ContactList", "Segment"]
