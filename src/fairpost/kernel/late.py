"""A function named by its module is imported when it is first called: what a program never uses costs it nothing."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


def late(target: str) -> Callable[..., Any]:
    """A stand-in for `module:name` that takes the same arguments and gives the same result."""
    module, _colon, name = target.partition(":")

    def call(*arguments: Any, **named: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*arguments, **named)

    return call
