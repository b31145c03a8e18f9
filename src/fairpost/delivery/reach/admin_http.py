"""Talks JSON to one admin API: to the configured host only, verified, without redirects, bounded in time and size."""

from __future__ import annotations

import base64
import http.client
import ipaddress
import json
import re
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from fairpost.delivery.reach.adapter import OutOfReach
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

PATIENCE = 3.0  # seconds for each step of a connection
LONGEST = 10.0  # seconds for a whole answer
MOST = 32 * 1024 * 1024  # bytes of an answer: the metrics of a busy server
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9a-f:]+")


def checked_url(url: str) -> str:
    """The address as it is kept: scheme, host and port. Raises Invalid.

    Clear text is taken only to an address that says itself that it is this machine or a private network.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(host) or parts.username is not None:
        raise Invalid(
            _("{url} is not the address of an admin API, such as https://relay.example.net:8000.").format(
                url=repr(url)
            ),
            field="url",
        )
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Invalid(_("The address of an admin API has no path: {url}.").format(url=repr(url)), field="url")
    if parts.scheme == "http" and not is_near(host):
        raise Invalid(
            _("{url} is not encrypted; that is for loopback and private addresses only.").format(url=repr(url)),
            field="url",
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def is_near(host: str) -> bool:
    """Whether it is written as an address of this machine or of a private network; names say nothing of that."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or (address.is_private and not address.is_link_local)


def read_all(answer: http.client.HTTPResponse) -> bytes:
    """The body, or its first `MOST` bytes and one; a server that only drips is given up."""
    said, end = b"", time.monotonic() + LONGEST
    while len(said) <= MOST and (more := answer.read1(1 << 20)):
        said += more
        if time.monotonic() > end:
            raise TimeoutError(_("it is too slow"))
    return said


class AdminApi:
    """One admin API. `username` makes `secret` a Basic password; alone it is a Bearer token."""

    def __init__(self, url: str, username: str, secret: str) -> None:
        self.parts = urlsplit(url)
        self.headers = {"Accept": "application/json"}
        if username:
            packed = base64.b64encode(f"{username}:{secret}".encode()).decode()
            self.headers["Authorization"] = f"Basic {packed}"
        elif secret:
            self.headers["Authorization"] = f"Bearer {secret}"

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON of a 200. Raises OutOfReach."""
        try:
            return json.loads(self.exchange(method, path, body))
        except ValueError:
            raise OutOfReach(_("The admin API answered {path} with something else.").format(path=path)) from None

    def exchange(self, method: str, path: str, body: dict[str, Any] | None = None, *, or_else: int = 0) -> bytes:
        """The body of a 200, or nothing where the status is `or_else`. Raises OutOfReach for the rest."""
        session = self.session()
        headers = dict(self.headers)
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        try:
            session.request(method, path, body=data, headers=headers)
            answer = session.getresponse()
            said = read_all(answer)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise OutOfReach(
                _("The admin API does not answer: {error}.").format(error=str(error) or type(error).__name__)
            ) from None
        finally:
            session.close()
        if answer.status == or_else:
            return b""
        if answer.status != 200:
            raise OutOfReach(
                _("The admin API answered {path} with status {status}.").format(path=path, status=answer.status)
            )
        if len(said) > MOST:
            raise OutOfReach(_("The admin API answered {path} with too much.").format(path=path))
        return said

    def session(self) -> http.client.HTTPConnection:
        host = self.parts.hostname or ""
        if self.parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, self.parts.port, timeout=PATIENCE, context=context)
        return http.client.HTTPConnection(host, self.parts.port, timeout=PATIENCE)
