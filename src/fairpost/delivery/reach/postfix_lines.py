"""Reads the lines of Postfix's log that say what became of a message; whatever a line quotes from outside is not read.

A line is taken only as Postfix writes it: program and queue id first, then fixed fields in their order. Addresses with
blanks or brackets and the words of remote servers, which come last, can therefore not pass for another status.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LINE = re.compile(
    rb"^[^\n\[]{0,200}?postfix[\w.-]*/[\w./-]{1,60}\[\d{1,10}\]: (?:"
    rb"(?P<id>[A-Za-z0-9]{6,20}): (?:"
    rb"from=<b-(?P<token>[A-Za-z0-9]{48})@[^<>\s]{1,255}>, (?:size=|status=(?P<expired>(?:force-)?expired), )"
    rb"|to=<[^<>\"\s]{1,400}>, (?:orig_to=<[^<>\"\s]{0,400}>, )?relay=[^\s,]{1,400}, (?:conn_use=\d{1,9}, )?"
    rb"delay=[\d.]{1,20}, delays=[\d./]{1,60}, dsn=\d\.\d{1,3}\.\d{1,3}, status=(?P<status>sent|deferred|bounced) \("
    rb"|(?P<removed>removed)\r?$)"
    rb"|warning: open active (?P<missed>[A-Za-z0-9]{6,20}): No such file or directory\r?$)",
    re.MULTILINE,
)
STATES = {b"sent": "delivered", b"deferred": "deferred", b"bounced": "bounced"}
MOST_OPEN = 100_000  # five times what Postfix takes up at once (qmgr_message_active_limit)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that the log says: `state` of the message with this token; empty where it only did not set out."""

    queue_id: str
    token: str
    state: str


class LogLines:
    """Puts lines together: the queue manager names the return path, a delivery agent says later what became of it."""

    def __init__(self, open_ids: dict[str, str]) -> None:
        self.open = open_ids

    def read(self, data: bytes) -> Iterator[Told]:
        """What whole lines say. `open` holds the tokens of messages that are on their way afterwards."""
        for line in LINE.finditer(data):
            if line["missed"]:
                queue_id = line["missed"].decode()
                yield Told(queue_id, self.open.pop(queue_id, ""), "")
                continue
            queue_id = line["id"].decode()
            if line["expired"]:
                self.open.pop(queue_id, None)
                yield Told(queue_id, line["token"].decode(), "bounced")
            elif line["token"]:
                self.open.pop(queue_id, None)  # so that it is the youngest again
                self.open[queue_id] = line["token"].decode()
                if len(self.open) > MOST_OPEN:
                    del self.open[next(iter(self.open))]
            elif line["status"]:
                yield Told(queue_id, self.open.pop(queue_id, ""), STATES[line["status"]])
            elif line["removed"]:
                self.open.pop(queue_id, None)
