"""What can be read of the record."""

from fairpost.audit.queries.events import AuditEventRow, audit_events

__all__ = ["AuditEventRow", "audit_events"]
