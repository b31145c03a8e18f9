"""A server that speaks KumoMTA's admin API as documented, and no more: what it would refuse is refused."""

from __future__ import annotations

import base64
import json
import re
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SUSPEND = {"campaign", "tenant", "domain", "reason", "duration", "expires", "queue_names"}
BOUNCE = {*SUSPEND, "routing_domain", "suppress_logging"}
DURATION = re.compile(r"(\d+(ns|us|ms|s|m|h|d)\s?)+")


class KumoServer(ThreadingHTTPServer):
    """`queued` is (tenant, campaign) -> messages; `spoil` answers instead of everything, where it is set."""

    daemon_threads = True

    def __init__(self, user: str = "", password: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Requests)
        self.credentials = base64.b64encode(f"{user}:{password}".encode()).decode() if user else ""
        self.suspended: list[dict[str, Any]] = []
        self.bounced: list[dict[str, Any]] = []
        self.queued: dict[tuple[str, str], int] = {}
        self.requests: list[str] = []
        self.spoil: Any = None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def restart(self) -> None:
        """Directives live in memory only."""
        self.suspended.clear()
        self.bounced.clear()

    def end(self) -> None:
        self.shutdown()
        self.server_close()


class Requests(BaseHTTPRequestHandler):
    server: KumoServer

    def log_message(self, *_arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.handle_one("GET")

    def do_POST(self) -> None:
        self.handle_one("POST")

    def do_DELETE(self) -> None:
        self.handle_one("DELETE")

    def handle_one(self, method: str) -> None:
        self.server.requests.append(f"{method} {self.path}")
        if self.server.spoil is not None:
            self.server.spoil(self)
            return
        if self.server.credentials and self.headers["Authorization"] != f"Basic {self.server.credentials}":
            self.say(401, b"")
            return
        body = None
        if method != "GET":
            if self.headers["Content-Type"] != "application/json":
                self.say(415, b"Expected request with `Content-Type: application/json`")
                return
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        act = getattr(self, f"{method}_{self.path.strip('/').replace('/', '_').replace('.', '_')}", None)
        if act is None:
            self.say(404, b"")
            return
        act(body)

    def GET_metrics(self, _body: None) -> None:
        lines = ["# HELP scheduled_by_tenant_campaign number of messages", "# TYPE scheduled_by_tenant_campaign gauge"]
        lines += [
            f'scheduled_by_tenant_campaign{{tenant="{tenant}",campaign="{campaign}"}} {count}'
            for (tenant, campaign), count in self.server.queued.items()
        ]
        self.say(200, "\n".join([*lines, "memory_usage 185683968", ""]).encode(), "text/plain; charset=utf-8")

    def GET_api_admin_suspend_v1(self, _body: None) -> None:
        self.json([{**each, "duration": each["duration"]} for each in self.server.suspended])

    def POST_api_admin_suspend_v1(self, body: dict[str, Any]) -> None:
        if self.refused(body, SUSPEND):
            return
        entry = {"domain": None, "duration": "5m", **body, "id": str(uuid.uuid4())}
        self.server.suspended.append(entry)
        self.json({"id": entry["id"]})

    def DELETE_api_admin_suspend_v1(self, body: dict[str, Any]) -> None:
        if set(body) != {"id"} or not [each for each in self.server.suspended if each["id"] == body["id"]]:
            self.say(404, b"suspension not found")
            return
        self.server.suspended[:] = [each for each in self.server.suspended if each["id"] != body["id"]]
        self.say(200, b"removed")

    def POST_api_admin_bounce_v1(self, body: dict[str, Any]) -> None:
        if self.refused(body, BOUNCE):
            return
        self.server.bounced.append(body)
        self.server.queued.pop((body["tenant"], body["campaign"]), None)
        self.json({"id": str(uuid.uuid4()), "bounced": {}, "total_bounced": 0})

    def refused(self, body: Any, known: set[str]) -> bool:
        if not isinstance(body, dict) or set(body) - known or not isinstance(body.get("reason"), str):
            self.say(422, b"Failed to deserialize the JSON body into the target type")
        elif not DURATION.fullmatch(body.get("duration", "5m")):
            self.say(422, b"invalid duration")
        else:
            # KumoMTA takes it without criteria as well, and then means every queue that it has.
            assert body.get("tenant") and body.get("campaign"), f"this reaches other people's mail: {body}"
            return False
        return True

    def json(self, data: Any) -> None:
        self.say(200, json.dumps(data).encode(), "application/json")

    def say(self, status: int, body: bytes, kind: str = "text/plain", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
