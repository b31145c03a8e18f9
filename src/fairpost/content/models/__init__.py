"""Tables of this app; imported by this app only."""

from fairpost.content.models.content_version import ContentVersion
from fairpost.content.models.template import Template

__all__ = ["ContentVersion", "Template"]
