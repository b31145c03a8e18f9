"""Attacks on whole campaigns need real senders."""

from tests.builders.sending import works  # noqa: F401
