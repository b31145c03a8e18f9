"""A sign-up form of Ada's with everything that it needs."""

from __future__ import annotations

import re
from typing import Any

from tests.builders.campaigns import Author, make_author
from tests.builders.contacts import import_file
from tests.builders.mails import path_of

from fairpost.contacts.actions.change_forms import create_form
from fairpost.contacts.actions.change_lists import create_list
from fairpost.contacts.actions.publish_consent_text import publish_consent_text
from fairpost.contacts.queries.forms import FormRow

TEXT = "You may write to me about the lake once a month."


class Signup:
    """An account with a list, a consent text and an open form; attributes first_name and age are declared."""

    def __init__(self, author: Author | None = None, **options: Any) -> None:
        self.author = author or make_author()
        import_file(self.author.tenant, "email,first_name,age\nold@lake.example,Olga,44\n")
        self.list_id = create_list(**self.author.who, name="Friends")
        publish_consent_text(**self.author.who, name="newsletter", language="en", text=TEXT)
        self.form: FormRow = create_form(
            **self.author.who,
            **{
                "title": "Friends of the lake",
                "lists": [self.list_id],
                "consent": "newsletter",
                "identity_id": self.author.identity_id,
                "attributes": ["first_name", "age"],
                **options,
            },
        )

    @property
    def path(self) -> str:
        return path_of(self.form.url)


def typed(address: str = "Eva@lake.example", **changes: str) -> dict[str, str]:
    """What a browser sends."""
    return {"address": address, "agreed": "yes", "first_name": "Eva", "age": "30", "website": "", **changes}


def link_in(arrival) -> str:
    """The path of the page that a confirmation mail leads to."""
    text = arrival.message.get_body(("plain",)).get_content()
    [url] = re.findall(r"https?://\S+", text)
    return path_of(url)
