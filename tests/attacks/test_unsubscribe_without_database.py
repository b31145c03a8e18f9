"""Whoever was told that they are unsubscribed is written to by nobody, also where only the edge lost the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
import pytest
from benchmarks.proxy import DatabaseProxy
from django.conf import settings
from tests.builders.campaigns import make_author
from tests.builders.edge import edge_in
from tests.builders.edge_program import edge_program
from tests.builders.mails import mail_to
from tests.builders.sending import reached, rows, until, works

from fairpost.campaigns.queries.campaigns import campaign_status
from fairpost.delivery.actions.declare_edge_lost import declare_edge_lost
from fairpost.delivery.gate.edges import SILENT, SILENT_EDGE
from fairpost.delivery.queries.edges import edges, silent_edges
from fairpost.kernel.errors import Conflict
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["works"]


@pytest.fixture
def proxy(database_url, tmp_path):
    made = DatabaseProxy(tmp_path / "p")
    yield made
    made.close()


@pytest.fixture
def author(works):
    made = make_author()
    made.crowd(40)
    works.relay(works.server())
    return made


def suppressed() -> set[str]:
    return {row[0] for row in rows("SELECT canonical FROM suppression")}


def test_an_edge_that_lost_the_database_stops_the_senders_that_did_not(works, author, proxy):
    """The edge reaches the database by way of the proxy alone, senders directly."""
    first = author.started()
    early, late = mail_to(author, first, 5), mail_to(author, first, 2)
    with edge_program(works.folder, proxy.environment()["DATABASE_URL"]) as edge:
        edge.folding()
        began = time.monotonic()
        assert edge.ask("POST", early.unsubscribe)[0] == 200, "with the database up"
        assert time.monotonic() - began < 1.5 and suppressed() == {"person5@lake.example"}

        proxy.cut()
        assert edge.ask("POST", late.unsubscribe)[0] == 200, "acknowledged from the spool alone"
        assert suppressed() == {"person5@lake.example"}
        server = works.servers[0]
        works.fold()
        works.sender()
        again = author.started()
        time.sleep(1.5)
        assert server.memory.arrivals == [], "nothing is leased while the edge may know more than the database"
        assert rows("SELECT count(*) FROM batch WHERE state = 'leased'") == [(0,)]
        waiting = campaign_status(author.actor, author.account_id, again).waiting_for
        assert any("edge" in each for each in waiting)

        proxy.mend()
        for campaign in (first, again):
            counts = reached(author.account_id, campaign)
            left_out = counts.withheld + counts.suppressed
            assert (counts.accepted, left_out) == (38, 2), "the first was frozen before anybody left"
        written_to = {each.to for each in server.memory.arrivals}
        assert not {"person2@lake.example", "person5@lake.example"} & written_to
    assert rows("SELECT count(*) FROM edge") == [(0,)], "an edge that ends is waited for no longer"


# In one snapshot, as a sender sees it: may somebody lease now, and who is not suppressed of those who left?
LOOK = f"""
    SELECT NOT {SILENT_EDGE}, (SELECT count(*) FROM suppression WHERE canonical = ANY(%s))"""


def test_at_no_moment_may_anybody_be_leased_who_was_told_that_they_left(author, proxy, tmp_path):
    """The database comes and goes under people who leave; each is looked for right after they were told."""
    first = author.started()
    paths = [mail_to(author, first, ordinal).unsubscribe for ordinal in range(1, 41)]
    told, alone = [], 0
    with edge_in(tmp_path / "edge") as edge, coming_and_going(proxy):
        edge.fold(lambda: through(proxy))
        for ordinal, path in enumerate(paths, 1):
            if edge.post(path).status == 200:
                told.append(f"person{ordinal}@lake.example")
                may_lease, known = rows(LOOK, told)[0]
                assert not may_lease or known == len(told), f"{len(told) - known} of {len(told)} can be leased"
                alone += known < len(told)
            time.sleep(0.1)
    assert len(told) > 30 and alone > 3
    assert suppressed() >= set(told)


@contextmanager
def coming_and_going(proxy: DatabaseProxy) -> Iterator[None]:
    ended = threading.Event()

    def change() -> None:
        while not ended.is_set():
            for what, seconds in ((proxy.mend, 0.6), (proxy.cut, 3.1), (proxy.mend, 0.1), (proxy.cut, 0.9)):
                what()
                ended.wait(seconds)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        proxy.mend()


def test_an_edge_that_was_never_known_promises_nothing(author, tmp_path):
    """Without its row no sender waits for it, so its disk alone is not enough."""
    path = mail_to(author, author.started(), 1).unsubscribe
    with edge_in(tmp_path / "edge") as edge:
        began = time.monotonic()
        response = edge.post(path)
        assert (response.status, "retry-after" in response.headers) == (503, True)
        assert time.monotonic() - began < 9.5
        edge.fold()
        assert suppressed() == {"person1@lake.example"}, "and yet it was taken"


def test_an_edge_that_was_declared_lost_folds_late_and_registers_anew(author, tmp_path):
    path = mail_to(author, author.started(), 1).unsubscribe
    with edge_in(tmp_path / "edge") as edge:
        edge.fold()
        known = str(rows("SELECT edge_id FROM edge")[0][0])
        edge.folding.give_up = 0.0  # as after a kill: nothing is folded, nothing is taken back
        until(lambda: not edge.thread.is_alive(), "the folding process is gone")
        lost = partial(declare_edge_lost, actor=local_operator(), edge_id=known)
        with pytest.raises(Conflict, match="answers"):
            lost(reason="It burned.")
        time.sleep(SILENT)
        assert edge.post(path).status == 200 and suppressed() == set()
        lost(reason="It burned.")
        assert not silent_edges(), "senders wait no longer"
        with pytest.raises(Conflict, match="already"):
            lost(reason="Again.")
        edge.fold()
        assert suppressed() == {"person1@lake.example"}
        assert rows("SELECT count(*) FROM edge WHERE lost_at IS NULL AND edge_id <> %s", known) == [(1,)]
    assert [each.lost_reason for each in edges()] == ["It burned."]


def through(proxy: DatabaseProxy):
    entry = settings.DATABASES["default"]
    return psycopg.connect(
        dbname=entry["NAME"], user=entry["USER"], password=entry["PASSWORD"], host=str(proxy.folder), port=5432,
        autocommit=True, connect_timeout=2,
    )  # fmt: skip
