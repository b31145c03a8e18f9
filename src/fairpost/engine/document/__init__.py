"""From an author's MJML or HTML with Liquid to the document that is compiled and sent."""

from fairpost.engine.document.build import build_document
from fairpost.engine.document.findings import CODES, Finding
from fairpost.engine.document.source import Built, LegalSender, Source

__all__ = ["CODES", "Built", "Finding", "LegalSender", "Source", "build_document"]
