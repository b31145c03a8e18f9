"""What can be done with the record: append, seal, publish, hold, erase what is personal, export."""

from fairpost.audit.actions.record import record

__all__ = ["record"]
