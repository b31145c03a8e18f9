"""Who acts: every action takes an `Actor` and every audit row names one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Via = Literal["cli", "api", "web", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, an API key or the machine itself, with what it may do.

    `account_id` None means installation-wide (an operator or the machine). `unit_id` set narrows a person or key to one
    business unit. `capabilities` are names out of `fairpost.tenants.capabilities`.
    """

    name: str
    via: Via
    capabilities: frozenset[str] = field(default_factory=frozenset)
    account_id: int | None = None
    unit_id: int | None = None
    person_id: int | None = None
    api_key_id: int | None = None
