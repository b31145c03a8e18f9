"""Stands between a process and the database and can be cut: bytes are held back, no connection is closed."""

from __future__ import annotations

import os
import selectors
import socket
import threading
from pathlib import Path
from urllib.parse import quote


class DatabaseProxy:
    """Listens on a Unix socket in `folder` like the server does, and passes everything on until it is cut."""

    def __init__(self, folder: Path) -> None:
        from django.conf import settings

        self.entry = settings.DATABASES["default"]
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        path = folder / ".s.PGSQL.5432"
        path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(64)
        self.passing = threading.Event()
        self.passing.set()
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ, None)
        self.closed = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def environment(self) -> dict[str, str]:
        """The environment of a process that reaches the database through here."""
        entry = self.entry
        url = (
            f"postgresql://{quote(entry['USER'])}:{quote(entry['PASSWORD'])}@/{quote(entry['NAME'])}"
            f"?host={quote(str(self.folder), safe='')}&port=5432"
        )
        return {**os.environ, "DATABASE_URL": url, "FAIRPOST_DATABASE_URL": url}

    def cut(self) -> None:
        self.passing.clear()

    def mend(self) -> None:
        self.passing.set()

    def close(self) -> None:
        self.closed = True
        self.passing.set()

    def run(self) -> None:
        while not self.closed:
            events = self.selector.select(0.05)
            self.passing.wait()
            for key, _mask in events:
                if key.data is None:
                    self.accept()
                else:
                    self.pass_on(key.fileobj, key.data)

    def accept(self) -> None:
        client, _address = self.listener.accept()
        host, port = self.entry["HOST"], str(self.entry["PORT"] or 5432)
        if host.startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{host}/.s.PGSQL.{port}")
        else:
            server = socket.create_connection((host or "127.0.0.1", int(port)))
        self.selector.register(client, selectors.EVENT_READ, server)
        self.selector.register(server, selectors.EVENT_READ, client)

    def pass_on(self, source, target) -> None:
        try:
            data = source.recv(65536)
            if data:
                target.sendall(data)
        except OSError:
            data = b""
        if not data:
            for each in (source, target):
                try:
                    self.selector.unregister(each)
                except (KeyError, ValueError):
                    continue
                each.close()
