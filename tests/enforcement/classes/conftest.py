"""Content versions to classify: saved by the real action, in an account of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.builders.content import page
from tests.builders.tenants import Tenant, make_account, make_identity

from fairpost.content.actions.create_template import create_template
from fairpost.content.actions.save_content_version import save_content_version

Mail = Callable[..., int]


@pytest.fixture
def ada(db: None) -> Tenant:
    return make_account(owner="Ada")


@pytest.fixture
def mail(ada: Tenant) -> Mail:
    """Saves a mail with this content in its page and returns the id of the version."""
    identity = make_identity(ada, "ada@lake.example")
    count = iter(range(1000))

    def save(content: str = "<p>Hello</p>", **fields: Any) -> int:
        given = {"subject": "News of the lake", "html": page(content), **fields}
        template = create_template(actor=ada.owner, account_id=ada.account_id, name=f"Mail {next(count)}", **given)
        return save_content_version(
            actor=ada.owner, account_id=ada.account_id, template_id=template.id, identity_id=identity
        ).id

    return save
