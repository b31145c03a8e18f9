"""What a sending process asks of the database beside its permit. All calls come from one thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import structlog
from django.db import Error as DatabaseError
from django.db import connection as django_connection

from fairpost.delivery.connect import connect
from fairpost.delivery.gate.judge import Admission
from fairpost.delivery.gate.permit import Permit
from fairpost.delivery.gate.stop import raise_epoch, wake_senders
from fairpost.delivery.queries.relays import RelayToUse, relays_to_use
from fairpost.delivery.sending.compose import Composer
from fairpost.delivery.sending.lease import LEASE_SECONDS, Lease, lease_batches
from fairpost.engine.ports import Reply
from fairpost.engine.run import Campaign
from fairpost.kernel.clock import Clock, boottime
from fairpost.kernel.errors import FairpostError

log = structlog.get_logger()

IDLE = 0.3  # seconds until a campaign that had nothing to lease is asked again


@dataclass(frozen=True, slots=True)
class Work:
    """Leased batches of one campaign. Nothing of them is begun after `deadline` (CLOCK_BOOTTIME)."""

    campaign: Campaign
    leases: list[Lease]
    deadline: float
    admission: Admission


class Desk:
    """Leases, relays and stops, over one connection that is made again when it was lost."""

    def __init__(self, sender: UUID, clock: Clock, helo: str) -> None:
        self.sender = sender
        self.clock = clock
        self.helo = helo
        self.composer = Composer()
        self.connection: psycopg.Connection[Any] | None = None
        self.turn = 0
        self.idle: dict[tuple[int, int], float] = {}

    def attempt(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Calls `function`; None when the database is away or what it should do is refused (both are logged)."""
        try:
            if self.connection is None:
                self.connection = connect()
            return function(*arguments)
        except (psycopg.Error, DatabaseError) as error:
            log.warning("database away", error=str(error).partition("\n")[0])
            self.connection = None
            django_connection.close()
        except FairpostError as error:
            log.error("cannot be sent", error=error.message)
        return None

    def close(self) -> None:
        """Gives back both connections of the desk's thread."""
        if self.connection is not None:
            self.connection.close()
        django_connection.close()

    def register(self, host: str, pid: int, connections: int) -> bool:
        assert self.connection is not None
        self.connection.execute(
            "INSERT INTO sender (sender_id, host, pid, connections, started_at, granted_at)"
            " VALUES (%s, %s, %s, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING",
            [self.sender, host, pid, connections, self.clock.now()],
        )
        return True

    def next_work(self, permit: Permit, supplied: set[tuple[int, int]], full: list[str]) -> Work | None:
        """The next batches, campaign by campaign in turn, so that a small one is never behind a large one.

        `supplied` campaigns have enough at hand, `full` destinations take nothing now.
        """
        self.composer.keep_only(permit.open.keys())
        campaigns = sorted(permit.open.keys() - supplied)
        for step in range(len(campaigns)):
            key = campaigns[(self.turn + step) % len(campaigns)]
            began = boottime()
            if began < self.idle.get(key, 0.0):
                continue
            try:
                composed = self.composer.compose(self.connection, key)
            except (
                FairpostError
            ) as error:  # content or keys that cannot be used: say so once, never in a circle
                self.halt_campaign(key, error.message)
                continue
            if composed is None:
                continue
            now = self.clock.now()
            admission = permit.open[key]
            leases = lease_batches(self.connection, self.sender, key, composed.reach, now, full, admission.filters)
            if leases:
                self.turn = (self.turn + step + 1) % len(campaigns)
                left = (composed.latest_at - now).total_seconds()
                return Work(composed.campaign, leases, began + min(LEASE_SECONDS, left), admission)
            self.idle[key] = began + IDLE
        return None

    def relays(self) -> list[RelayToUse]:
        return relays_to_use(self.helo)

    def destination_rates(self) -> dict[str, float]:
        assert self.connection is not None
        return dict(
            self.connection.execute("SELECT destination, per_second FROM destination_rate").fetchall()
        )

    def stop_relay(self, relay_id: int, reply: Reply) -> None:
        """A relay that a person must mend: on record with its own words, until somebody resumes it."""
        assert self.connection is not None
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE relay SET state = 'stopped', state_reason = %s, state_at = %s"
                " WHERE id = %s AND state = 'active'",
                [words_of(reply), self.clock.now(), relay_id],
            )
            if not cursor.rowcount:
                return  # another connection was first
            wake_senders(cursor)
        log.error("relay stopped", relay=relay_id, reason=words_of(reply))

    def stop_campaign(self, key: tuple[int, int], reply: Reply) -> bool:
        """Stops a campaign that the relay refuses as such."""
        self.halt_campaign(key, words_of(reply))
        return True

    def halt_campaign(self, key: tuple[int, int], reason: str) -> None:
        """Stops a campaign with a reason; its recipients stay pending until a person resumes it."""
        assert self.connection is not None
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE dispatch SET state = 'stopped', state_reason = %s, state_by = 'sender', state_at = %s"
                " WHERE account_id = %s AND campaign_id = %s AND state = 'running'",
                [reason, self.clock.now(), *key],
            )
            if not cursor.rowcount:
                return  # another sender was first
            raise_epoch(cursor)
        log.error("campaign stopped", account=key[0], campaign=key[1], reason=reason)


def words_of(reply: Reply) -> str:
    """What the relay said and when, as a person should read it."""
    return f"{reply.stage.upper()}: {reply.code or 'no reply'} {reply.text}".strip()
