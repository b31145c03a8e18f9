"""A program that calls the API with a key, as a customer's would."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.builders.tenants import Tenant

from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.actors import local_operator
from fairpost.tenants.capabilities import CAPABILITIES

HOST = "localhost"
EVERYTHING_OF_AN_ACCOUNT = frozenset(CAPABILITIES) - {"installation.manage", "relay.manage"}


@dataclass
class Program:
    """Its key, and the account that paths may leave out: `lists` means /api/v1/accounts/{account_id}/lists."""

    key: str
    account_id: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def path(self, path: str) -> str:
        if path.startswith("/"):
            return path if path.startswith("/api/") else f"/api/v1{path}"
        return f"/api/v1/accounts/{self.account_id}/{path}".rstrip("/")

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The response; `data` is its JSON, None where there is none."""
        given = {"Authorization": f"Bearer {self.key}", **self.headers, **headers}
        content = json.dumps(body) if not isinstance(body, str | bytes) else body
        response = self.client.generic(
            method,
            self.path(path),
            "" if body is None else content,
            content_type=given.pop("Content-Type", "application/json"),
            headers={"Host": HOST, **given},
        )
        response.data = json.loads(response.content) if not response.streaming and response.content else None
        return response

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def upload(self, path: str, file: bytes, name: str = "contacts.csv", **fields: Any) -> Any:
        """Sends a file as multipart/form-data, with `headers` among the fields."""
        given = {"Authorization": f"Bearer {self.key}", "Host": HOST, **fields.pop("headers", {})}
        parts = {"file": SimpleUploadedFile(name, file, "text/csv"), **fields}
        response = self.client.post(self.path(path), parts, headers=given)
        response.data = json.loads(response.content) if response.content else None
        return response

    def made(self, path: str, body: Any, status: int = 201) -> Any:
        """What a POST made; fails with what the API said where it did not."""
        response = self.post(path, body)
        assert response.status_code == status, (path, response.data)
        return response.data


def program(tenant: Tenant, *capabilities: str, unit_id: int | None = None) -> Program:
    """A program of this account, with a key that may do everything in it unless told otherwise."""
    issued = create_api_key(
        actor=local_operator(),
        account_id=tenant.account_id,
        name="program",
        capabilities=capabilities or EVERYTHING_OF_AN_ACCOUNT,
        unit_id=unit_id,
    )
    return Program(issued.key, tenant.account_id)


def operator_program() -> Program:
    """A program that runs the installation."""
    issued = create_api_key(actor=local_operator(), account_id=None, name="operations", capabilities=CAPABILITIES)
    return Program(issued.key)
