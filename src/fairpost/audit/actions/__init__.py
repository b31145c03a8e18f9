"""What can be done with the record: append."""

from fairpost.audit.actions.record import record

__all__ = ["record"]
