"""The edge is tried on mails as they were sent."""

from tests.builders.edge import edge
from tests.builders.sending import works

__all__ = ["edge", "works"]
