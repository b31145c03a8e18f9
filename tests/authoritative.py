"""A DNS server of our own on a loopback port: answers from a dictionary, and can misbehave on purpose."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

SERVFAIL, TIMEOUT, TRUNCATE = "SERVFAIL", "TIMEOUT", "TRUNCATE"
Zone = Mapping[str, Mapping[str, Sequence[str]] | str]


@dataclass
class Authoritative:
    """The running server. `zone` maps names to records by type, or to SERVFAIL, TIMEOUT or TRUNCATE.

    TRUNCATE answers "truncated" over UDP and fully over TCP, with the records under `<name>/full`. A name that is not
    there is NXDOMAIN; one that is only above others is empty. `asked` holds (name, type) of every question.
    """

    zone: dict[str, Mapping[str, Sequence[str]] | str]
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def nameservers(self) -> str:
        return f"127.0.0.1:{self.port}"

    def reply(self, wire: bytes, over_tcp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        response = dns.message.make_response(query, recursion_available=True)
        records = self.zone.get(name)
        if records == TIMEOUT:
            return None
        if records == SERVFAIL:
            response.set_rcode(dns.rcode.SERVFAIL)
            return response.to_wire()
        if records == TRUNCATE:
            if not over_tcp:
                response.flags |= dns.flags.TC
                return response.to_wire()
            records = self.zone[f"{name}/full"]
        self.answer(response, name, kind)
        if not response.answer and name not in self.zone and not self.above(name):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()

    def answer(self, response: dns.message.Message, name: str, kind: str) -> None:
        for _step in range(8):
            records = self.zone.get(name, {})
            if records == TRUNCATE:
                records = self.zone[f"{name}/full"]
            if not isinstance(records, Mapping):
                return
            found = "CNAME" if "CNAME" in records else kind
            if found in records:
                response.answer.append(dns.rrset.from_text(name + ".", 60, "IN", found, *records[found]))
            if found == kind or "CNAME" not in records:
                return
            name = records["CNAME"][0].rstrip(".")

    def above(self, name: str) -> bool:
        return any(each.endswith("." + name) for each in self.zone)


@contextmanager
def authoritative(zone: Zone) -> Iterator[Authoritative]:
    """Serves `zone` over UDP and TCP on one port until the block ends."""
    server = Authoritative(dict(zone))

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, sock = self.request
            if (answer := server.reply(wire, over_tcp=False)) is not None:
                sock.sendto(answer, self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack("!H", self.rfile.read(2))
            if (answer := server.reply(self.rfile.read(length), over_tcp=True)) is not None:
                self.wfile.write(struct.pack("!H", len(answer)) + answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tcp) as tcp:
        server.port = tcp.server_address[1]
        with socketserver.ThreadingUDPServer(("127.0.0.1", server.port), Udp) as udp:
            for each in (tcp, udp):
                each.daemon_threads = True
                threading.Thread(target=each.serve_forever, args=(0.02,), daemon=True).start()
            try:
                yield server
            finally:
                tcp.shutdown()
                udp.shutdown()


def txt(value: str) -> str:
    """A TXT record's text form, cut into strings of 255."""
    return " ".join('"' + value[i : i + 255].replace('"', '\\"') + '"' for i in range(0, len(value) or 1, 255))
