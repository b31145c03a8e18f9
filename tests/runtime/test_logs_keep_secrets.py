"""Logs never hold a body, a secret or a whole address, wherever a programmer put it."""

import io
import json
import logging

import pytest
import structlog

from fairpost.runtime.logs import configure_logging, masked


@pytest.fixture
def lines():
    stream = io.StringIO()
    configure_logging("debug", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)


def test_an_address_is_shortened_in_messages_values_and_nested_values(lines):
    structlog.get_logger("x").info("sent to ada@example.org", to="ben@example.org", more={"cc": ["mara@example.org"]})
    (line,) = lines()
    assert line["event"] == "sent to a***@example.org"
    assert line["to"] == "b***@example.org"
    assert line["more"] == {"cc": ["m***@example.org"]}


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "relay_password",
        "api_key",
        "key",
        "token",
        "secret_key",
        "private_key_pem",
        "Authorization",
    ],
)
def test_secrets_are_removed_at_every_depth(lines, key):
    structlog.get_logger("x").warning("event", **{key: "s3cret-value"}, nested={"deeper": {key: "s3cret-value"}})
    assert "s3cret-value" not in json.dumps(lines())


@pytest.mark.parametrize("key", ["body", "html", "text", "content", "raw"])
def test_bodies_are_removed(lines, key):
    structlog.get_logger("x").info("rendered", **{key: "<p>Dear Ada</p>"})
    assert "Dear Ada" not in json.dumps(lines())


def test_a_librarys_own_log_line_is_treated_the_same(lines):
    logging.getLogger("some.library").error("550 no such user noor@example.org")
    (line,) = lines()
    assert line["event"] == "550 no such user n***@example.org"
    assert line["level"] == "error"
    assert line["logger"] == "some.library"


def test_an_exceptions_text_is_treated_the_same(lines):
    try:
        raise ValueError("cannot parse mallory@example.org from postgresql://u:hunter2@host/db")
    except ValueError:
        structlog.get_logger("x").exception("failed")
    (line,) = lines()
    assert "m***@example.org" in line["exception"]
    assert "mallory" not in json.dumps(line)
    assert "hunter2" not in json.dumps(line)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("élodie@exämple.fr", "é***@exämple.fr"),
        ("<ada.lovelace+news@mail.example.org>", "<a***@mail.example.org>"),
        ("to=ada@example.org,", "to=a***@example.org,"),
        ("nothing here", "nothing here"),
        ("postgresql://fairpost:pa55@/fairpost", "postgresql://fairpost:***@/fairpost"),
    ],
)
def test_masking(written, shown):
    assert masked(written) == shown
