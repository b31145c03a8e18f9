"""Many conversations at once lose nothing, count nothing twice and never wait for each other in a circle."""

from __future__ import annotations

import smtplib
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.builders.returned import bounce, complaint, feedback_rows, sent, suppressions, totals

from fairpost.events import kinds

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 20


def test_every_report_counts_once(author, intake):
    author.crowd(PEOPLE, first=6)
    everybody = range(6, PEOPLE + 6)
    tokens = {number: sent(author, number, everybody) for number in (1, 2)}

    def post(turn: int) -> None:
        with smtplib.SMTP("127.0.0.1", intake.smtp, timeout=60) as session:
            for ordinal in everybody if turn % 2 else reversed(everybody):
                for number, each in tokens.items():
                    raw = bounce(f"person{ordinal}@lake.example", number=f"{number}-{ordinal}")
                    session.sendmail("<>", each.return_path(ordinal), raw)
                raw = complaint(original=tokens[1].original(ordinal), number=str(ordinal))
                session.sendmail("<>", "fbl@localhost", raw)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(post, range(4)))
    assert len(feedback_rows("id")) == 3 * PEOPLE
    assert len(suppressions()) == PEOPLE
    assert totals() == {(1, kinds.HARD_BOUNCE): PEOPLE, (2, kinds.HARD_BOUNCE): PEOPLE, (1, kinds.COMPLAINT): PEOPLE}
