"""kill -9 of any part of the edge, at any moment: what was acknowledged is in the database afterwards, once."""

from __future__ import annotations

import time

import pytest
from tests.builders.campaigns import make_author
from tests.builders.content import FOOTER, page
from tests.builders.edge_program import Visitors, edge_program
from tests.builders.mails import mail_to
from tests.builders.sending import rows

from fairpost.engine.signing.tokens import TokenIssuer, last_day_of_tracking
from fairpost.tenants.keyring import installation_keyring

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 20_000
LINK = '<p><a href="https://lake.example/{}">read</a></p>'


@pytest.fixture
def author(works):
    works.relay(9)
    made = make_author(html=page(LINK.format("one"), FOOTER))
    made.crowd(400)
    return made


def test_no_acknowledged_hit_or_wish_is_lost_by_kills(works, author, database_url):
    campaign = author.started()
    mail_to(author, campaign, 1)
    tokens = TokenIssuer(installation_keyring()).for_campaign(author.account_id, campaign)
    day = last_day_of_tracking(time.time())
    clicks = [f"/c/0/{tokens.track(each, day).decode()}" for each in range(1, PEOPLE)]
    wishes = [f"/u/{tokens.unsubscribe(each).decode()}" for each in range(1, 400)]
    with edge_program(works.folder, database_url, processes=2) as edge:
        edge.folding()
        clicking = Visitors(edge, "GET", clicks, good=302)
        leaving = Visitors(edge, "POST", wishes, good=200)
        for part in ("fold", "serve", "", "fold"):
            time.sleep(0.7)
            edge.kill(part)
            if not part:
                edge.start()
        time.sleep(0.7)
        edge.folding()
        clicking.end()
        leaving.end()
    ordinals = {path: number for paths in (clicks, wishes) for number, path in enumerate(paths, 1)}
    assert len(clicking.acknowledged) > 100 and len(leaving.acknowledged) > 10
    folded = [row[0] for row in rows("SELECT ordinal FROM event WHERE kind = 2")]
    assert {ordinals[path] for path in clicking.acknowledged} <= set(folded), "no acknowledged hit is lost"
    assert len(folded) == len(set(folded)) <= len(clicking.acknowledged) + clicking.failed, "none is counted twice"
    left = {row[0] for row in rows("SELECT canonical FROM suppression")}
    assert {f"person{ordinals[path]}@lake.example" for path in leaving.acknowledged} <= left
    assert not [*(works.folder / "edge").glob("*-*.*")], "spools of the dead are folded and gone"
    assert rows("SELECT count(*) FROM spool_offset") == [(0,)]
    assert rows("SELECT count(*) FROM edge") == [(0,)]
