"""What processes log: a JSON line per event (text on a terminal), no secret, body or whole address."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

SECRET = re.compile(
    r"pass(word|phrase|wd)?$|secret|token|(^|_)key$|private|credential|authori[sz]ation|cookie|session_?id|pem$",
    re.IGNORECASE,
)
BODY = frozenset(
    {"body", "html", "text", "content", "mail", "raw", "payload", "attributes", "document", "subject"}
)
ADDRESS = re.compile(r"([^\s@<>\"'(),:;\[\]=]+)@((?:[^\W_]|[-.])+)")
URL_PASSWORD = re.compile(r"(\w+://[^\s:/@]*):[^\s/@]*@")
REMOVED = "[removed]"


def configure_logging(level: str = "info", stream: Any = None) -> None:
    """Sends the logs of this process, and of the libraries in it, to `stream` (standard error)."""
    stream = stream or sys.stderr
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = (
        structlog.dev.ConsoleRenderer(colors=False)
        if stream.isatty()
        else structlog.processors.JSONRenderer()
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            discreet,
            last,
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.getLogger("django.security.DisallowedHost").setLevel(logging.CRITICAL)  # any scanner causes those
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def discreet(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Removes what is named like a secret or a body, and shortens every address wherever it stands."""
    return {key: without_secrets(key, value) for key, value in event.items()}


def without_secrets(key: str, value: Any) -> Any:
    if SECRET.search(key) or key.lower() in BODY:
        return REMOVED
    if isinstance(value, Mapping):
        return {str(inner): without_secrets(str(inner), each) for inner, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [without_secrets("", each) for each in value]
    if isinstance(value, (bytes, bytearray)):
        return f"[{len(value)} bytes]"
    if isinstance(value, (bool, int, float)) or value is None:
        return value
    return masked(str(value))


def masked(text: str) -> str:
    """`ada@example.org` becomes `a***@example.org`; the password in an address of a server becomes `***`."""
    text = URL_PASSWORD.sub(r"\1:***@", text)
    return ADDRESS.sub(lambda found: f"{found[1][0]}***@{found[2]}", text)
