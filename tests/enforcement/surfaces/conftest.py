"""Programs with personal keys of the installation's people, for tests of API and commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from tests.builders.api import Program
from tests.builders.enforcement import Staff, make_staff
from tests.builders.sending import works  # noqa: F401

from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.tenants.actions.create_api_key import create_api_key

FACTS = "The mail of 5 January asks people to take the square by force."


def key_of(who: Actor) -> str:
    """A personal key of somebody of the installation."""
    return create_api_key(actor=who, account_id=None, name="laptop", person_id=who.person_id).key


@dataclass(frozen=True)
class Programs:
    """What Mara, Noor and Sena work with."""

    staff: Staff
    mara: Program
    noor: Program
    sena: Program

    def case(self, account_id: int | None = None) -> int:
        """Mara's case with one piece of evidence."""
        number = self.mara.made("/cases", {"title": "Look at this", "source": "report", "account_id": account_id})["id"]
        self.mara.made(f"/cases/{number}/evidence", {"label": "mail", "text": "Take the square by force."})
        return number

    def proposed(self, account_id: int, *measures: dict[str, Any], **draft: Any) -> dict[str, Any]:
        """Mara's proposal on an account; default: its sending is suspended for good reasons and three days."""
        body = new_decision(*(measures or (suspension(account_id),)), **draft)
        return self.mara.made(f"/cases/{self.case(account_id)}/decisions", body)

    def in_force(self, account_id: int, *measures: dict[str, Any]) -> dict[str, Any]:
        """Proposed by Mara, approved by Noor where that is needed, activated by Mara."""
        made = self.proposed(account_id, *measures)
        if any(each["state"] == "proposed" for each in made["measures"]):
            assert self.noor.get(f"/cases/{made['case_id']}/evidence").status_code == 200
            self.noor.made(f"/decisions/{made['id']}/approve", {"version": made["version"]}, 200)
        return self.mara.made(f"/decisions/{made['id']}/activate", {"reason": "before nine"}, 200)


def in_days(days: int) -> str:
    return (SYSTEM_CLOCK.now() + timedelta(days=days)).isoformat()


def suspension(account_id: int, **change: Any) -> dict[str, Any]:
    return {
        "kind": "suspend_sending",
        "scope": {"account": [account_id]},
        "mechanism": {"queue": "hold"},
        "duration": {"kind": "until", "ends_at": in_days(3)},
        **change,
    }


def new_decision(*measures: dict[str, Any], **draft: Any) -> dict[str, Any]:
    """A body for POST /cases/{id}/decisions, under a clause that asks for no assessment."""
    return {
        "clauses": ["consent"],
        "draft": {
            "facts": FACTS,
            "milder_step": "A formal warning.",
            "milder_why_not": "The next mailing leaves within hours.",
            "responsible": [1],
            "measures": list(measures),
            **draft,
        },
    }


@pytest.fixture
def programs(db: None) -> Programs:
    staff = make_staff()
    return Programs(staff, *(Program(key_of(each)) for each in (staff.mara, staff.noor, staff.sena)))
