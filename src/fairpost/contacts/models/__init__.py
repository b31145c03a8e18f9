"""The control plane of contacts: lists, segments, attributes, imports. Contacts are SQL tables."""

from fairpost.contacts.models.attribute import ContactAttribute
from fairpost.contacts.models.consent_text import ConsentText
from fairpost.contacts.models.contact_import import ContactImport
from fairpost.contacts.models.contact_list import ContactList
from fairpost.contacts.models.segment import Segment
from fairpost.contacts.models.signup_form import SignupForm

__all__ = ["ConsentText", "ContactAttribute", "ContactImport", "ContactList", "Segment", "SignupForm"]
