"""A stop is a stop: when the call returns, nothing more of the campaign is handed to a relay.

Arrivals are stamped by the mail server on CLOCK_BOOTTIME, the clock by which permits expire.
"""

from __future__ import annotations

import signal
import socket
import threading
import time

import pytest
from benchmarks.proxy import DatabaseProxy
from tests.builders.campaigns import make_author
from tests.builders.content import page
from tests.builders.sending import reached, rows, until

from fairpost.campaigns.actions.stop_campaign import cancel_campaign, pause_campaign, resume_campaign
from fairpost.delivery.actions.abandon_sender import abandon_sender
from fairpost.delivery.actions.resume_relay import stop_relay
from fairpost.delivery.jobs import withhold_what_ended
from fairpost.delivery.queries.progress import progress
from fairpost.delivery.queries.recipients import recipients_in_state
from fairpost.kernel.clock import boottime
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.tenants.actors import local_operator

LOOK = 0.3  # seconds that nothing may arrive in after a stop


def pause(author, number):
    """(the answer, seconds it took, CLOCK_BOOTTIME of its return)."""
    called = boottime()
    answer = pause_campaign(**author.who, campaign_id=number)
    returned = boottime()
    return answer, returned - called, returned


def resume(author, number):
    return resume_campaign(**author.who, campaign_id=number)


def flowing(server, more=100):
    """Waits until so many messages more have come."""
    began = len(server.arrivals)
    until(lambda: len(server.arrivals) >= began + more, f"{more} messages more at the mail server")


def ordinals(arrivals):
    return {int(each.to.partition("@")[0].removeprefix("person")) for each in arrivals}


def confirmed():
    return rows("SELECT (SELECT epoch FROM gate_epoch) <= min(confirmed) FROM sender")[0][0]


def test_nothing_arrives_after_a_pause_and_everybody_gets_it_once_in_total(works):
    author = make_author()
    people = author.crowd(4000)
    server = works.server()
    works.relay(server)
    works.fold()
    works.sender(connections=8)
    works.sender(connections=8)
    number = author.started()
    for _ in range(4):
        flowing(server)
        answer, seconds, returned = pause(author, number)
        assert answer.state == "paused" and answer.uncertain == ()
        assert confirmed(), "every sender confirmed before the call returned"
        assert seconds < 1.0
        time.sleep(LOOK)
        assert server.after(returned) == []
        resume(author, number)
    reached(author.account_id, number, seconds=40)
    assert server.counts == dict.fromkeys(people, 1)


def test_a_dot_whose_reply_is_late_was_handed_over_before_the_stop_returned(works):
    author = make_author()
    author.crowd(40)
    server = works.server()
    server.behave(delay=2.0)
    works.relay(server)
    works.fold()
    works.sender()
    number = author.started()
    flowing(server, 4)
    answer, seconds, returned = pause(author, number)
    assert 0.4 < seconds < 1.2, "replies get half a second, not as long as the relay likes"
    assert answer.uncertain == ()
    time.sleep(LOOK)
    assert server.after(returned) == []
    server.behave()
    until(
        lambda: progress(author.account_id, number).accepted == len(server.arrivals), "the late replies are on record"
    )
    resume(author, number)
    reached(author.account_id, number)
    assert set(server.counts.values()) == {1} and len(server.counts) == 40


def test_a_frozen_sender_is_named_and_delays_the_call_for_its_permit_only(works):
    author = make_author()
    people = author.crowd(3000)
    server = works.server()
    works.relay(server)
    works.fold()
    works.sender()
    frozen = works.program()
    frozen_id = works.id_of(frozen)
    number = author.started()
    flowing(server, 300)
    frozen.send_signal(signal.SIGSTOP)
    answer, seconds, returned = pause(author, number)
    assert seconds < 1.7, "its permit runs out after a second, its journal is read, and that is all"
    [uncertain] = answer.uncertain
    assert (uncertain.sender_id, uncertain.pid, uncertain.connections) == (frozen_id, frozen.pid, 4)
    assert len(uncertain.ordinals) <= 4
    frozen.send_signal(signal.SIGCONT)
    time.sleep(1.0)
    assert ordinals(server.after(returned)) <= set(uncertain.ordinals), "only who was named may still get it"
    resume(author, number)
    reached(author.account_id, number, seconds=40)
    assert set(server.counts) == set(people)
    assert sum(server.counts.values()) == len(people), "the sender lives, so nothing was in doubt in the end"


def test_a_killed_sender_delays_no_stop_once_its_journal_was_folded(works):
    author = make_author()
    author.crowd(3000)
    server = works.server()
    works.relay(server)
    works.sender()
    killed = works.program()
    number = author.started()
    flowing(server)
    killed.kill()
    killed.wait()
    answer, seconds, _returned = pause(author, number)
    assert [each.pid for each in answer.uncertain] == [killed.pid], "nobody has read its journal yet"
    assert seconds < 1.7
    resume(author, number)
    works.fold()
    until(
        lambda: not rows("SELECT 1 FROM sender WHERE pid = %s", killed.pid), "the journal of the killed one is folded"
    )
    answer, seconds, _returned = pause(author, number)
    assert answer.uncertain == () and seconds < 0.9


def test_a_permit_runs_out_when_the_database_is_cut_off(works):
    author = make_author()
    people = author.crowd(1500)
    server = works.server()
    works.relay(server, rate_per_second=500)
    works.fold()
    proxy = DatabaseProxy(works.folder / "proxy")
    program = works.program(**{key: proxy.environment()[key] for key in ("DATABASE_URL", "FAIRPOST_DATABASE_URL")})
    try:
        number = author.started()
        flowing(server)
        proxy.cut()
        cut = boottime()
        time.sleep(1.8)
        assert server.after(cut), "while the permit lives it goes on"
        assert server.after(cut + 1.1) == [], "no permit is older than a second"
        answer, seconds, returned = pause(author, number)
        assert seconds < 0.9, "its permit was over already"
        assert [each.pid for each in answer.uncertain] == [program.pid]
        proxy.mend()
        time.sleep(LOOK)
        assert server.after(returned) == []
        resume(author, number)
        reached(author.account_id, number, seconds=40)
    finally:
        proxy.mend()
        program.terminate()
        program.wait(20)
        proxy.close()
    assert server.counts == dict.fromkeys(people, 1)


def test_a_sender_that_was_given_up_sends_nothing_when_it_comes_back(works):
    author = make_author()
    people = author.crowd(1500)
    server = works.server()
    works.relay(server)
    works.fold()
    frozen = works.program()
    number = author.started()
    flowing(server, 200)
    frozen_id = works.id_of(frozen)
    with pytest.raises(Conflict, match="alive"):
        abandon_sender(actor=local_operator(), sender_id=frozen_id, reason="it is in the way")
    frozen.send_signal(signal.SIGSTOP)
    until(
        lambda: rows("SELECT 1 FROM sender WHERE granted_at + interval '1.3 s' < clock_timestamp()"),
        "its permit is over",
    )
    before = set(server.counts)
    given_up = abandon_sender(actor=local_operator(), sender_id=frozen_id, reason="its machine burnt down")
    assert given_up.leases >= 1 and given_up.uncertain >= 1500 - len(before)
    works.sender()
    reached(author.account_id, number, seconds=40)
    assert set(server.counts) == set(people)
    moment = boottime()
    frozen.send_signal(signal.SIGCONT)
    assert frozen.wait(15) == 0, "it finds itself expelled and ends"
    assert server.after(moment) == []
    named = {o for o, reason in recipients_in_state(author.account_id, number, "accepted", 0, 2000) if reason}
    doubled = {o for o in ordinals(server.arrivals) if server.counts[f"person{o}@lake.example"] > 1}
    assert doubled <= named
    assert progress(author.account_id, number).accepted == 1500


def test_giving_up_needs_a_sender_that_exists(works):
    with pytest.raises(Invalid, match="not a sender's id"):
        abandon_sender(actor=local_operator(), sender_id="everyone", reason="x")
    with pytest.raises(NotFound):
        abandon_sender(actor=local_operator(), sender_id="00000000-0000-0000-0000-000000000000", reason="x")


class StuckRelay(threading.Thread):
    """Says 354 and then reads no more until `release`; keeps what it read after that."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        # The kernel of the other end sizes its buffer by segments: with small ones it does not take a whole letter.
        self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(1)
        self.port = self.listener.getsockname()[1]
        self.stuck, self.released, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.content = b""
        self.start()

    def run(self) -> None:
        client, _address = self.listener.accept()
        self.listener.close()
        lines = client.makefile("rb", buffering=0)
        client.sendall(b"220 stuck\r\n")
        for line in iter(lines.readline, b""):
            if line.startswith(b"EHLO"):
                client.sendall(b"250-stuck\r\n250-8BITMIME\r\n250 PIPELINING\r\n")
            elif line.startswith(b"DATA"):
                client.sendall(b"354 go ahead\r\n")
                break
            else:
                client.sendall(b"250 ok\r\n")
        self.stuck.set()
        self.released.wait(30)
        client.settimeout(5)
        try:
            while data := client.recv(65536):
                self.content += data
        except OSError:
            pass
        client.close()
        self.ended.set()


LETTER = page("<p>" + "The committee counts its letters, one by one, and there are many of them.\n" * 390 + "</p>")


def stuck_campaign(works):
    author = make_author(html=LETTER)
    people = author.crowd(1)
    stuck = StuckRelay()
    relay_id = works.relay(stuck.port, max_connections=1)
    works.fold()
    sender = works.sender()
    number = author.started()
    assert stuck.stuck.wait(10), "the relay got no DATA"
    [client] = sender.process.lanes.clients()
    until(lambda: client.in_flight is not None, "the gate let the message through")
    time.sleep(0.2)
    assert client.unwritten() > 2000, "the kernels took the whole message: make it longer"
    return author, people, stuck, relay_id, number


def settle(works, author, people, stuck, number):
    """After the stop: no dot ever comes, and after a repair everybody gets the mail once."""
    stuck.released.set()
    assert stuck.ended.wait(10), "the stuck connection was not closed"
    assert stuck.content and b"\r\n.\r\n" not in stuck.content, "a final dot went out after the stop"
    stop_relay(actor=local_operator(), relay_id=rows("SELECT id FROM relay")[0][0])
    server = works.server()
    works.relay(server)
    resume(author, number)
    reached(author.account_id, number)
    assert server.counts == dict.fromkeys(people, 1)
    assert progress(author.account_id, number).possibly_doubled == 0


def test_a_connection_whose_dot_is_still_unwritten_is_closed(works):
    author, people, stuck, _relay_id, number = stuck_campaign(works)
    answer, seconds, _returned = pause(author, number)
    assert answer.uncertain == () and seconds < 1.2
    settle(works, author, people, stuck, number)


def test_a_relay_taken_out_of_use_is_still_under_the_gate(works):
    """Its connections finish what is under way, so a stop has to reach them too."""
    author, people, stuck, relay_id, number = stuck_campaign(works)
    sender = works.senders[0]
    stop_relay(actor=local_operator(), relay_id=relay_id)
    until(lambda: relay_id not in sender.process.lanes.by_relay, "the sender took notice of the relay")
    answer, seconds, _returned = pause(author, number)
    assert answer.uncertain == () and seconds < 1.2
    settle(works, author, people, stuck, number)


def test_what_was_taken_back_before_its_dot_is_not_in_doubt_when_the_sender_dies(works):
    """Its intent was on record and its dot did not leave: a later death must not unsettle what followed."""
    author, people, stuck, _relay_id, number = stuck_campaign(works)
    pause(author, number)
    settle(works, author, people, stuck, number)
    sender = works.senders[0]
    until(lambda: rows("SELECT octet_length(open_intents) FROM sender") == [(0,)], "no intent is left open", 3)
    sender.stop()
    until(lambda: not rows("SELECT 1 FROM sender"), "the journal is folded to its end")
    counts = progress(author.account_id, number)
    assert (counts.state, counts.accepted, counts.in_doubt) == ("finished", 1, 0)


def test_a_cancelled_campaign_withholds_the_rest(works):
    author = make_author()
    author.crowd(3000)
    server = works.server()
    works.relay(server)
    works.fold()
    works.sender()
    number = author.started()
    flowing(server)
    answer = cancel_campaign(**author.who, campaign_id=number, reason="wrong letter")
    returned = boottime()
    time.sleep(LOOK)
    assert server.after(returned) == []
    assert answer.state == "cancelled"

    def all_settled():
        withhold_what_ended()
        counts = progress(author.account_id, number)
        return counts if counts.accepted + counts.withheld == 3000 else None

    counts = until(all_settled, "everybody is accepted or withheld")
    assert counts.accepted == len(server.arrivals) and counts.state == "cancelled"
    assert ("withheld", "campaign cancelled", counts.withheld) in counts.reasons
    with pytest.raises(Conflict):
        resume(author, number)
