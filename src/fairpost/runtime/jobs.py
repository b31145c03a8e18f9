"""Every periodic job of Fairpost, declared once: its name, how often it runs and where it lives.

A job is a function that takes `clock` and returns how much it did (an int) or None. It may be cut off at
any moment and, for a moment after a lost database connection, run twice at once: it commits small steps by
compare-and-set.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """One periodic job: `every` is the seconds between two runs, `target` is module:function."""

    name: str
    every: float
    target: str

    def function(self) -> Callable[..., Any]:
        module, _colon, attribute = self.target.partition(":")
        return getattr(importlib.import_module(module), attribute)

    def exists(self) -> bool:
        try:
            return importlib.util.find_spec(self.target.partition(":")[0]) is not None
        except ModuleNotFoundError:
            return False


JOBS: tuple[Job, ...] = (
    Job("seal the record", 0.4, "fairpost.audit.actions.seal_events:keep_sealed"),
    Job("publish the head of the record", 15.0, "fairpost.audit.actions.publish_head:publish_head"),
    Job("start due campaigns", 1.0, "fairpost.campaigns.actions.schedule_campaign:start_due_campaigns"),
    Job("withhold what is too late", 2.0, "fairpost.delivery.jobs:withhold_what_ended"),
    Job("keep queued mail held", 2.0, "fairpost.delivery.reach.jobs:keep_queued_held"),
    Job("read the logs of relays", 2.0, "fairpost.delivery.reach.jobs:read_relay_logs"),
    Job("ask to confirm sign-ups", 1.0, "fairpost.delivery.signup_post:post_confirmations"),
    Job("count campaigns that ended", 60.0, "fairpost.delivery.archive.count:count_ended"),
    Job("archive campaigns that ended", 3600.0, "fairpost.delivery.archive.archive:archive_ended"),
    Job("know the domains of contacts", 30.0, "fairpost.events.domains.chunks:keep_domains"),
    Job("count by domain", 60.0, "fairpost.events.domains.rollup:count_by_domain"),
    Job("pack events", 600.0, "fairpost.events.packing.pack_events:pack_events"),
    Job("post notices", 1.0, "fairpost.delivery.platform_mail:post_notices"),
    Job("tell who is covered now", 2.0, "fairpost.enforcement.actions.extend_coverage:extend_coverage"),
    Job("count what went to whom", 15.0, "fairpost.events.providers:count_by_provider"),
    Job("keep watch", 30.0, "fairpost.events.watch.keep:keep_watch"),
    Job("let canaries go on", 5.0, "fairpost.campaigns.actions.release_canary:let_canaries_go_on"),
    Job("take in what relays refused", 5.0, "fairpost.events.actions.take_failed:take_failed"),
    Job("hold what is restricted", 5.0, "fairpost.enforcement.actions.activate_decision:hold_what_is_restricted"),
    Job("end overdue reviews", 5.0, "fairpost.enforcement.actions.review_campaign:end_overdue_reviews"),
    Job("close periods that are over", 60.0, "fairpost.enforcement.actions.close_period:close_ended_periods"),
    Job("escalate overdue appeals", 60.0, "fairpost.enforcement.actions.escalate_appeals:escalate_overdue_appeals"),
    Job("write down stays that are over", 5.0, "fairpost.enforcement.actions.escalate_appeals:end_elapsed_stays"),
    Job("close decided appeals", 60.0, "fairpost.enforcement.actions.escalate_appeals:close_decided_appeals"),
    Job("run imports that came by the API", 1.0, "fairpost.api.imports:run_imports"),
    Job("note events for webhooks", 1.0, "fairpost.integrations.actions.note_events:note_events"),
    Job("post to webhooks", 0.5, "fairpost.integrations.actions.post_webhooks:post_webhooks"),
    Job("take what providers sent", 0.5, "fairpost.integrations.actions.take_posts:take_posts"),
    Job("sum up changes of contacts", 60.0, "fairpost.contacts.forget_answers:sum_up_versions"),
    Job("delete what is past its time", 3600.0, "fairpost.runtime.retention:delete_what_is_past"),
)
