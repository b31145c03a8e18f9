"""What an edge loses over an outage of its database and a kill -9 in the midst of it: nothing that it acknowledged."""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import threading
import time
from pathlib import Path

from benchmarks import stage as staging
from benchmarks.edge import folder, free_port, paths_of, started, wait_for
from benchmarks.figure import Figure, limit, say
from benchmarks.proxy import DatabaseProxy

AROUND = 4.0  # seconds of normal service before and after the outage
PAUSE = 0.02  # seconds between two requests of one visitor
VISITORS = 12


class Visitors:
    """Clicks, and now and then an unsubscribe, from many visitors; remembers who was answered."""

    def __init__(self, port: int, clicks: list[str], wishes: list[str]) -> None:
        self.port = port
        self.clicks, self.wishes = iter(enumerate(clicks, 1)), iter(enumerate(wishes, 1))
        self.clicked: set[int] = set()
        self.left: set[int] = set()
        self.unanswered = 0
        self.slowest = 0.0
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.visit, args=(each == 0,)) for each in range(VISITORS)]
        for each in self.threads:
            each.start()

    def visit(self, leaving: bool) -> None:
        while not self.ended.is_set():
            with self.lock:
                number, path = next(self.wishes if leaving else self.clicks, (0, ""))
            if not path:
                return
            began = time.monotonic()
            status = self.ask("POST" if leaving else "GET", path)
            if status == (200 if leaving else 302):
                (self.left if leaving else self.clicked).add(number)
                self.slowest = max(self.slowest, time.monotonic() - began)
            else:
                self.unanswered += 1
            self.ended.wait(PAUSE)

    def ask(self, method: str, path: str) -> int:
        session = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            session.request(method, path, headers={"User-Agent": "Mozilla/5.0 (X11; rv:125.0) Firefox/125.0"})
            return session.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            session.close()

    def end(self) -> None:
        self.ended.set()
        for each in self.threads:
            each.join(30)


def outage(stage: staging.Stage, given: argparse.Namespace) -> list[Figure]:
    seconds = given.seconds or 60.0
    campaign = started(stage)
    staging.execute("DELETE FROM suppression WHERE account_id = %s", stage.account_id)
    proxy = DatabaseProxy(Path(staging.FOLDER) / "p")
    port = free_port()
    arguments = ("edge", "--bind", f"127.0.0.1:{port}", "--processes", str(given.processes))
    edge = stage.spawn(*arguments, env=proxy.environment(), start_new_session=True)
    wait_for(port)
    await_copy(stage.account_id, campaign)
    count = round((seconds + 3 * AROUND) * VISITORS / PAUSE)
    visitors = Visitors(port, paths_of(stage.account_id, campaign, 1, count), wishes_of(stage.account_id, campaign))
    time.sleep(AROUND)
    proxy.cut()
    say(f"the database is away for {seconds:g} s; {len(visitors.clicked)} clicks so far")
    time.sleep(seconds / 2)
    for each in descendants(edge.pid):
        os.kill(each, signal.SIGKILL)
    edge.wait()
    say(f"killed everything; {len(visitors.clicked)} clicks so far")
    edge = stage.spawn(*arguments, env=proxy.environment())
    time.sleep(seconds / 2)
    proxy.mend()
    back = time.monotonic()
    while staging.one("SELECT count(*) FROM edge WHERE seen_at > clock_timestamp() - interval '2 s'") == 0:
        time.sleep(0.05)
    caught_up = time.monotonic() - back
    time.sleep(AROUND)
    visitors.end()
    edge.terminate()
    edge.wait(90)
    proxy.close()
    return found(stage.account_id, campaign, visitors, outage_s=seconds, seen_again_s=round(caught_up, 2))


def found(account_id: int, campaign_id: int, visitors: Visitors, **details: float) -> list[Figure]:
    """Holds what was acknowledged against what the database has."""
    clicks = "SELECT array_agg(ordinal) FROM event WHERE account_id = %s AND campaign_id = %s AND kind = 2"
    ordinals = staging.one(clicks, account_id, campaign_id)
    known = set(ordinals or ())
    left = staging.one(
        "SELECT array_agg(ordinal) FROM contact AS c JOIN suppression AS s USING (account_id, canonical)"
        " WHERE account_id = %s", account_id
    )  # fmt: skip
    lost = len(visitors.clicked - known)
    held = len(visitors.left - set(left or ()))
    return [
        limit("edge hits lost", lost, "hits", 0, acknowledged=len(visitors.clicked), folded=len(known),
              unanswered=visitors.unanswered, **details),
        limit("edge hits counted twice", len(ordinals or ()) - len(known), "hits", 0),
        limit("edge unsubscribes lost", held, "unsubscribes", 0, acknowledged=len(visitors.left),
              slowest_s=round(visitors.slowest, 2)),
    ]  # fmt: skip


def wishes_of(account_id: int, campaign_id: int) -> list[str]:
    from fairpost.engine.signing.tokens import TokenIssuer
    from fairpost.tenants.keyring import installation_keyring

    tokens = TokenIssuer(installation_keyring()).for_campaign(account_id, campaign_id)
    return [f"/u/{tokens.unsubscribe(ordinal).decode()}" for ordinal in range(1, 1001)]


def await_copy(account_id: int, campaign_id: int) -> None:
    """Returns when the edge knows the campaign's links."""
    path = folder() / "links" / str(account_id) / f"{campaign_id}.json"
    deadline = time.monotonic() + 60
    while not path.exists():
        if time.monotonic() > deadline:
            raise SystemExit("the links were not copied within 60 s")
        time.sleep(0.1)


def descendants(pid: int) -> list[int]:
    """The process and all below it, parents first."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in below for each in descendants(int(child)))]
