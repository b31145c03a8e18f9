"""A web server on a loopback port that records what it is asked, and answers as a test says."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    """One request; names of headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float = 0.0


Reply = tuple[int, dict[str, str], bytes]
Behaviour = Callable[[Asked], Reply]


def good(_asked: Asked) -> Reply:
    return 200, {}, b""


@dataclass
class Webserver:
    """`behaviour` may be changed while it runs. `asked` are the requests, in order."""

    behaviour: Behaviour = good
    port: int = 0
    secure: bool = False
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}{path}"


@contextmanager
def webserver(behaviour: Behaviour = good, *, certificate: object = None) -> Iterator[Webserver]:
    """With `certificate` (a PEM file with its key) it speaks TLS."""
    made = Webserver(behaviour, secure=certificate is not None)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self.rfile.read(length), time.monotonic())
            made.asked.append(asked)
            status, said, body = made.behaviour(asked)
            with suppress(OSError):
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **said}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        do_GET = do_POST = answer

        def log_message(self, *_arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that went away is no fault of the test

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(str(certificate))
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def raw_server(speak: Callable[[socket.socket], None]) -> Iterator[int]:
    """A TCP server that hands each connection to `speak`, in a thread; gives its port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def one(sock: socket.socket) -> None:
        with sock, suppress(OSError):
            speak(sock)

    def serve() -> None:
        with suppress(OSError):
            while True:
                sock, _address = listening.accept()
                threading.Thread(target=one, args=(sock,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
