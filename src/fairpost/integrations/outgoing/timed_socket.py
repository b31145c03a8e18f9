"""A connection has one deadline for all of it: a server that says one octet a second does not hold anybody longer."""

from __future__ import annotations

import io
import socket
import ssl
import time
from typing import Any


class OutOfTime(TimeoutError):
    """The deadline of the whole request is over."""


class TimedSocket:
    """As much of a socket as `http.client` uses. `deadline` is of time.monotonic()."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self.sock = sock
        self.deadline = deadline

    def left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise OutOfTime
        return left

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """TLS with the certificate held against `host`. The time-out is one of the whole handshake."""
        self.sock.settimeout(self.left())
        self.sock = context.wrap_socket(self.sock, server_hostname=host)

    def sendall(self, data: Any) -> None:
        self.sock.settimeout(self.left())
        self.sock.sendall(data)

    def makefile(self, mode: str, *_arguments: Any, **_options: Any) -> io.BufferedReader:
        if mode != "rb":
            raise ValueError(mode)
        return io.BufferedReader(Octets(self))

    def close(self) -> None:
        """Nothing: `http.client` closes once it has the headers, and the body is still to be read."""

    def end(self) -> None:
        self.sock.close()


class Octets(io.RawIOBase):
    """What the other side says, read within what is left of the time."""

    def __init__(self, timed: TimedSocket) -> None:
        self.timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.timed.sock.settimeout(self.timed.left())
        return self.timed.sock.recv_into(buffer)
