"""A campaign's mails reach everybody of its audience, once, and the accounting says so."""

from __future__ import annotations

from tests.builders.campaigns import make_author
from tests.builders.sending import reached


def test_everybody_gets_the_mail_once(works):
    author = make_author()
    people = author.crowd(50)
    server = works.server()
    works.relay(server)
    works.fold()
    works.sender()
    number = author.started()
    counts = reached(author.account_id, number)
    assert server.counts == dict.fromkeys(people, 1)
    assert (counts.audience, counts.accepted, counts.pending) == (50, 50, 0)
    assert server.to("person7@lake.example")[0].message["Subject"] == "News for N7"
