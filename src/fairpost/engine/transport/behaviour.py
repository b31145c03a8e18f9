"""Tells a sink how to misbehave, so that tests and benchmarks meet every kind of relay without one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

STAGES = (
    "banner",
    "ehlo",
    "helo",
    "starttls",
    "auth",
    "mail",
    "rcpt",
    "data",
    "content",
    "dot",
    "rset",
    "quit",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens at one stage, where `match` (a regular expression, searched) fits.

    `match` looks at the command's argument; at `data`, `content` and `dot` at the recipients, joined with
    spaces. `reply` is the reply without line end (several lines may be joined with CRLF), `delay` seconds
    pass before it, `close` drops the connection after it (or instead of it, where `reply` is empty),
    `times` limits how often the rule acts in this process. `reply` empty and `close` false: no reply at
    all, a stall.
    """

    stage: str
    match: str = ""
    reply: str = ""
    delay: float = 0.0
    close: bool = False
    times: int = 0

    def fits(self, argument: bytes) -> bool:
        return not self.match or re.search(self.match, argument.decode("utf-8", "replace")) is not None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a sink answers: rules in order, the first that fits acts. Without rules every message is taken.

    `close_after`: after so many messages on a connection the next MAIL gets 421. `delay`: seconds before
    the reply to every final dot. `auth`: user name and password that AUTH must give; empty means AUTH is
    not offered.
    """

    rules: tuple[Rule, ...] = ()
    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
    close_after: int = 0
    delay: float = 0.0
    auth: tuple[str, str] = ("", "")

    @property
    def plain(self) -> bool:
        return not (self.rules or self.close_after or self.delay)

    @classmethod
    def load(cls, path: Path) -> Behaviour:
        """Reads a behaviour from a JSON file with the fields' names. Raises Invalid where it is none."""
        try:
            return cls.from_dict(json.loads(path.read_text()))
        except (OSError, ValueError, TypeError, re.error) as error:
            sentence = _("{path} is not a behaviour for a sink: {error}.")
            raise Invalid(
                sentence.format(path=path, error=error), hint=_("See docs/reference/sink.md.")
            ) from error

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Behaviour:
        if not isinstance(data, dict):
            raise ValueError("not a JSON object")
        rules = tuple(Rule(**rule) for rule in data.get("rules", ()))
        for rule in rules:
            re.compile(rule.match)
            if rule.stage not in STAGES:
                raise ValueError(f"stage {rule.stage!r} is none of {', '.join(STAGES)}")
        rest: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in data.items()
            if key != "rules"
        }
        return cls(rules=rules, **rest)


GOOD = Behaviour()
