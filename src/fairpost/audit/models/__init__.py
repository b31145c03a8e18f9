"""The record's table, and those of holds and retention; seals, heads, payloads and keys are plain SQL."""

from fairpost.audit.models.audit_event import AuditEvent
from fairpost.audit.models.legal_hold import LegalHold, LegalHoldItem
from fairpost.audit.models.retention_period import RetentionPeriod

__all__ = ["AuditEvent", "LegalHold", "LegalHoldItem", "RetentionPeriod"]
