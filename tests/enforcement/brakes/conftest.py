"""The same people, account and clock as in the tests of appeals."""

from tests.enforcement.appeals.conftest import ada, clock, in_force, staff

__all__ = ["ada", "clock", "in_force", "staff"]
