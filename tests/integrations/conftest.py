"""Receivers on loopback ports, which the installation of these tests allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from django.conf import settings
from tests.builders.webserver import Webserver, good, webserver


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Webserver]]:
    """Makes a receiver that webhooks may go to."""
    ports: list[str] = []
    with ExitStack() as stack:

        def make(behaviour: object = good) -> Webserver:
            made = stack.enter_context(webserver(behaviour))  # type: ignore[arg-type]
            ports.append(str(made.port))
            allowed = replace(
                settings.FAIRPOST,
                webhook_allow_private="127.0.0.0/8",
                webhook_http="yes",
                webhook_ports=",".join(ports),
            )
            monkeypatch.setattr(settings, "FAIRPOST", allowed)
            return made

        yield make
