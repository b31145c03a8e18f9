"""The record's one table."""

from fairpost.audit.models.audit_event import AuditEvent

__all__ = ["AuditEvent"]
