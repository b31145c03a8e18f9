"""Campaigns are tested on real senders."""

from tests.builders.sending import works  # noqa: F401
