"""What can be read of the record."""

from fairpost.audit.queries.events import AuditEventRow, audit_events
from fairpost.audit.queries.heads import Head, current_head, heads

__all__ = ["AuditEventRow", "Head", "audit_events", "current_head", "heads"]
