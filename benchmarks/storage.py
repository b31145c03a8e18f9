"""What a message costs 30 days after its campaign, and what an event costs once it is packed: octets on disk.

All tables that hold any of it are counted with their indexes, for a campaign to a random part of the contacts. One like
it was sent and archived before: the room that it gave back in the tables of sending is taken by the next one.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import sent
from benchmarks.figure import Figure, limit, report, say
from benchmarks.fold import ACCOUNT, BEGIN, folded, made_hits
from benchmarks.own_database import prepare_own

MESSAGES = (
    "dispatch, batch, batch_audience, batch_outcome, relay_outcome, outcome_archive, outcome_count, audience_left_out,"
    " journal_segment, sent_provider, sent_provider_batch"
)
EVENTS = "event, event_pack, event_members, event_day_members, event_hour, event_count, spool_offset"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=10_000_000)
    parser.add_argument("--density", type=float, default=0.1, help="the part of the contacts that is written to")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    prepare_own("fairpost_storage")
    return report(measure(given))


def measure(given: argparse.Namespace) -> list[Figure]:
    from fairpost.delivery.archive.archive import archive_ended
    from fairpost.delivery.archive.count import count_ended
    from fairpost.delivery.connect import connect
    from fairpost.events.packing.pack_events import pack_events
    from fairpost.kernel.clock import FixedClock

    later = FixedClock(BEGIN + timedelta(days=31))
    with connect() as own, TemporaryDirectory() as folder:
        own.execute(f"TRUNCATE {sent.TABLES}, {MESSAGES}")
        members = sent.some_of(given.contacts, given.density)
        say(f"{len(members)} messages")
        for campaign in (1, 2):
            bare = sent.size_of(own, MESSAGES)
            sent.send(own, ACCOUNT, campaign, 1, members, BEGIN, state="finished", relay_id=1)
            while_sent = sent.size_of(own, MESSAGES) - bare
            count_ended(later)
            if archive_ended(later) != 1:
                raise SystemExit("the campaign was not archived")
            after = sent.size_of(own, MESSAGES) - bare
        empty = sent.size_of(own, EVENTS)
        say(f"{given.events} events")
        hits = made_hits(given.events, given.contacts, 1, 20)
        folded(own, hits, Path(folder))
        raw = sent.size_of(own, EVENTS) - empty
        if pack_events(later) != given.events:
            raise SystemExit("not all events were packed")
        packed = sent.size_of(own, EVENTS) - empty
        packs = own.execute("SELECT sum(octet_length(columns)) FROM event_pack").fetchone()[0]
    return [
        limit(
            "storage per message", after / len(members), "octets", 2.0, messages=len(members), density=given.density,
            while_sent=round(while_sent / len(members), 2),
        ),
        limit(
            "storage per event", packed / given.events, "octets", 40.0, events=given.events,
            before_packing=round(raw / given.events, 2), packs_alone=round(packs / given.events, 2),
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
