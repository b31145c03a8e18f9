"""A relay's fault is never a contact's fault, whatever a relay says and however it says it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpost.engine.outcomes.enhanced import enhanced_status
from fairpost.engine.outcomes.replies import ACCEPTED, classify, table
from fairpost.engine.ports import Reply

STAGES = ["connect", "banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot"]


def reply(stage: str, line: str) -> Reply:
    code, _, text = line.partition(" ")
    return Reply(stage, int(code), enhanced_status(int(code), text), text)  # type: ignore[arg-type]


# what relays really write, and what it means
SEEN = [
    ("rcpt", "550 5.1.1 <a@b>: User unknown in virtual mailbox table", "failed", "unknown_user"),
    ("rcpt", "550-5.1.1 The email account that you tried to reach does not exist.", "failed", "unknown_user"),
    ("rcpt", "550 No such user here", "failed", "unknown_user"),
    ("rcpt", "550 Requested action not taken: mailbox unavailable", "failed", "recipient_refused"),
    ("rcpt", "554 delivery error: dd This user doesn't have a yahoo.com account", "failed", "recipient_refused"),
    ("rcpt", "550 5.1.2 Host unknown", "failed", "unknown_domain"),
    ("rcpt", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", "failed", "null_mx"),
    ("rcpt", "501 5.1.3 Bad recipient address syntax", "failed", "bad_address"),
    ("rcpt", "552 5.2.2 mailbox is over quota", "failed", "mailbox_full"),
    ("rcpt", "550 5.2.1 The email account that you tried to reach is disabled.", "failed", "mailbox_disabled"),
    ("rcpt", "554 5.7.1 <a@b>: Relay access denied", "refused", "relaying_denied"),
    ("rcpt", "550 relay not permitted", "refused", "relaying_denied"),
    ("rcpt", "550 5.7.1 client host [192.0.2.1] blocked using Spamhaus", "refused", "blocklisted"),
    ("rcpt", "554 Client host [192.0.2.1] blocked using zen.spamhaus.org", "refused", "blocklisted"),
    ("rcpt", "550 5.7.23 SPF validation failed", "refused", "spf_failed"),
    ("rcpt", "550 5.1.8 Sender address rejected: Domain not found", "refused", "sender_refused"),
    ("rcpt", "450 4.2.0 <a@b>: Recipient address rejected: Greylisted, see postgrey", "deferred", "greylisted"),
    ("rcpt", "451 4.7.1 Greylisting in action, please come back later", "deferred", "greylisted"),
    ("rcpt", "451 4.7.500 Server busy. Please try again later", "deferred", "policy"),
    ("rcpt", "450 4.1.1 <a@b>: unverified address", "deferred", "recipient_unverified"),
    ("rcpt", "452 4.2.2 The email account that you tried to reach is over quota", "deferred", "mailbox_full"),
    ("rcpt", "450 4.1.8 Sender address rejected: Domain not found", "deferred", "sender_domain_not_found"),
    ("rcpt", "452 Too many recipients received this hour", "deferred", "rate_limited"),
    ("rcpt", "450 mailbox busy", "deferred", "mailbox_unavailable"),
    ("rcpt", "499 4.9.9 what", "deferred", "temporary"),
    ("data", "451 4.3.0 queue file write error", "deferred", "local_error"),
    ("data", "554 5.5.1 no valid recipients", "refused", "refused"),
    ("dot", "421 4.7.0 Try again later, closing connection", "relay_trouble", "relay_closing"),
    ("dot", "421 4.7.28 Our system has detected an unusual rate of mail", "relay_trouble", "relay_closing"),
    ("dot", "450 4.7.28 Our system has detected an unusual rate of unsolicited mail", "deferred", "rate_limited"),
    ("dot", "451 4.7.650 temporarily rate limited due to IP reputation", "deferred", "rate_limited"),
    ("dot", "452 4.3.1 Insufficient system storage", "deferred", "relay_storage_full"),
    ("dot", "550 5.1.1 User unknown", "failed", "unknown_user"),
    ("dot", "550 5.2.2 Mailbox full", "failed", "mailbox_full"),
    ("dot", "550 5.7.1 this message is likely unsolicited mail", "refused", "content_refused"),
    ("dot", "550-5.7.26 Unauthenticated email from b: DMARC policy", "refused", "authentication_failed"),
    ("dot", "554 5.7.9 Message not accepted for policy reasons", "refused", "policy"),
    ("dot", "552 5.3.4 Message too big", "refused", "message_too_large"),
    ("dot", "550 User unknown", "refused", "refused"),
    ("dot", "554 5.6.0 malformed", "refused", "content_refused"),
    ("mail", "550 5.7.1 sender not allowed", "relay_trouble", "mail_refused"),
    ("mail", "550 5.1.8 sender domain does not exist", "refused", "sender_refused"),
    ("mail", "553 5.6.7 SMTPUTF8 is not offered", "deferred", "smtputf8_not_offered"),
    ("rcpt", "550 5.6.7 no SMTPUTF8 here", "deferred", "smtputf8_not_offered"),
    ("mail", "452 4.3.1 Insufficient system storage", "relay_trouble", "mail_refused"),
    ("auth", "535 5.7.8 password expired", "relay_trouble", "auth_refused"),
    ("banner", "554 5.7.1 blocked", "relay_trouble", "banner_refused"),
    ("ehlo", "421 4.3.2 going down", "relay_trouble", "relay_closing"),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "line", "state", "reason"), SEEN, ids=[line[:50] for _, line, *_ in SEEN])
def test_what_relays_write_gets_its_name(stage: str, line: str, state: str, reason: str) -> None:
    code, text = line[:3], line[4:]
    outcome = classify(reply(stage, f"{code} {text}"))
    assert (outcome.state, outcome.reason) == (state, reason)
    assert outcome.final == (state == "failed")


def test_acceptance_and_doubt() -> None:
    assert classify(reply("dot", "250 2.0.0 Ok: queued as 1A2B")) == ACCEPTED and ACCEPTED.final
    lost = classify(Reply("dot", 0, None, "connection reset"))
    assert lost.state == "in_doubt" and not lost.final
    assert classify(Reply("rcpt", 0)).reason == "connection_lost"
    assert classify(Reply("connect", 0)).reason == "unreachable"


REPLIES = st.builds(
    Reply,
    st.sampled_from(STAGES),
    st.integers(200, 559) | st.just(0),
    st.none() | st.tuples(st.sampled_from([2, 4, 5]), st.integers(0, 7), st.integers(0, 30)),
    st.text(max_size=60) | st.sampled_from([line for _, line, *_ in SEEN]),
)


@given(REPLIES)
def test_only_the_contacts_own_fault_is_final(given_reply: Reply) -> None:
    """dispatch.md, property 5."""
    outcome = classify(given_reply)
    if not outcome.final:
        return
    if outcome.state == "accepted":
        assert given_reply.stage == "dot" and 200 <= given_reply.code < 300
        return
    subject = given_reply.enhanced[1] if given_reply.enhanced else None
    assert given_reply.code // 100 == 5
    assert (given_reply.stage == "rcpt" and subject != 7) or (given_reply.stage == "dot" and subject in (1, 2))


@given(REPLIES)
def test_every_reply_has_a_state_and_a_named_reason(given_reply: Reply) -> None:
    outcome = classify(given_reply)
    assert outcome.reason and outcome.reason == outcome.reason.lower()
    if 400 <= given_reply.code < 500 and given_reply.code != 421 and given_reply.stage in ("rcpt", "dot"):
        assert outcome.state == "deferred"


def test_the_table_says_final_only_where_it_may() -> None:
    for row in table():
        assert row.outcome.final == (row.outcome.state == "failed")
        if row.outcome.final:
            assert row.stage == "rcpt" or (row.stage == "dot" and row.subject in ("1", "2"))
            assert row.code.startswith("5") and row.subject != "7"


def test_each_row_of_the_table_can_be_reached() -> None:
    """A row behind a broader one would never act; each must fit some reply that no row before it fits."""
    for index, row in enumerate(table()):
        if row.pattern is not None:
            continue
        stages = ["rcpt", "data", "dot"] if row.stage == "*" else [row.stage]
        codes = [int(row.code)] if len(row.code) == 3 else [int(row.code) * 100 + 59]
        details = range(31) if row.detail == "x" else [int(row.detail or 0)]
        enhanced = (
            [None] if row.subject == "*" else [(int(row.code[0]), int(row.subject), detail) for detail in details]
        )
        made = [Reply(s, c, e, "") for s in stages for c in codes for e in enhanced]  # type: ignore[arg-type]
        assert any(next(i for i, each in enumerate(table()) if each.fits(one)) == index for one in made), row


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (250, "2.1.5 Ok", (2, 1, 5)),
        (550, "5.7.26 no", (5, 7, 26)),
        (451, "4.7.650 no", (4, 7, 650)),
        (550, "5.1.1", (5, 1, 1)),
        (550, "Requested action not taken (#5.7.1)", (5, 7, 1)),
        (550, "#5.1.0 Address rejected", (5, 1, 0)),
        (550, "host 5.6.7.8 said no", None),
        (550, "see 192.5.1.1", None),
        (250, "5.1.1 odd", None),
        (550, "4.2.1 class of another reply", None),
        (354, "3.0.0 go", None),
        (550, "", None),
        (250, "2.0.0 Ok: queued as 5.1.1", (2, 0, 0)),
    ],
)
def test_enhanced_codes_in_texts(code: int, text: str, expected: tuple[int, int, int] | None) -> None:
    assert enhanced_status(code, text) == expected
