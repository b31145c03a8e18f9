"""The mail in a browser is the recipient's own, and its author's markup can do nothing there."""

from __future__ import annotations

import pytest
from tests.builders.campaigns import make_author
from tests.builders.content import FOOTER, page
from tests.builders.mails import mail_to, signing_relay, stranger
from tests.builders.sending import rows

pytestmark = pytest.mark.django_db(transaction=True)
BODY = '<p>Dear {{ first_name }}, <a href="{{ view_url }}">read it in a browser</a></p>'


@pytest.fixture
def mail():
    signing_relay()
    author = make_author(html=page(BODY, FOOTER))
    author.crowd(2)
    return mail_to(author, author.started(), 2)


def test_it_is_the_page_that_the_recipient_got(mail):
    response = stranger().get(mail.view)
    assert response.status_code == 200
    assert response.content.decode().replace("\r\n", "\n") == mail.html.replace("\r\n", "\n")
    assert "Dear N2" in response.content.decode()


def test_its_markup_is_in_a_sandbox(mail):
    policy = stranger().get(mail.view)["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "form-action 'none'" in policy


def test_a_removed_contacts_mail_is_gone(mail):
    rows("DELETE FROM contact")
    assert stranger().get(mail.view).status_code == 410
