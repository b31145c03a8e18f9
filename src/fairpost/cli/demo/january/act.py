"""The play itself: what happens on and after 6 January, and what each step must have done to the mail."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from django.db import connection

from fairpost.campaigns.actions.create_campaign import create_campaign
from fairpost.campaigns.actions.send_campaign import send_campaign
from fairpost.cli.coverage import show_coverage
from fairpost.cli.demo.january import texts
from fairpost.cli.demo.january.cast import Account, Cast
from fairpost.cli.demo.january.decide import appeal_and_vary, decide
from fairpost.cli.demo.january.postfix import Postfix
from fairpost.cli.demo.january.replay import Post, await_, move_clock, post_all_notices
from fairpost.cli.demo.january.tell import show_export, show_notices, show_register, show_status
from fairpost.contacts.actions.import_contacts import Source, import_contacts
from fairpost.delivery.actions.create_relay import create_relay
from fairpost.delivery.queries.progress import dispatch_states, progress
from fairpost.enforcement.actions.activate_decision import Activated
from fairpost.enforcement.actions.begin_pause import begin_pause
from fairpost.enforcement.actions.confirm_campaign import confirm_campaign
from fairpost.enforcement.actions.end_pause import end_pause
from fairpost.enforcement.queries.decisions import decision_view
from fairpost.enforcement.queries.dispositions import dispositions
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, boottime
from fairpost.kernel.errors import Restricted, Unavailable
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _
from fairpost.segments.audience import Audience

BEGIN = datetime(2020, 11, 2, 12, 0, tzinfo=UTC)
SIXTH = datetime(2021, 1, 6, 21, 0, tzinfo=UTC)
EARLIEST_END = datetime(2021, 1, 20, 17, 0, tzinfo=UTC)
LAST_DATE = datetime(2021, 1, 31, 17, 0, tzinfo=UTC)
LATEST = SIXTH + timedelta(days=29)  # until when the senders would rather have it late than not at all
FIRST_READERS = 3


def step(text: str) -> None:
    click.secho(f"\n{text}", bold=True)


class Play:
    """Everything on stage, and the numbers by which each step is checked."""

    def __init__(self, sink: Post, postfix: Postfix | None, folder: Path, readers: int) -> None:
        self.sink = sink
        self.postfix = postfix
        self.folder = folder
        self.readers = readers
        self.pools: dict[str, int] = {}
        self.campaigns: dict[str, tuple[Account, int]] = {}
        self.first_readers = [f"reader{number}@first.example" for number in range(FIRST_READERS)]

    def begin(self, cast: Callable[[], Cast], operator: Actor, number: int) -> None:
        move_clock(BEGIN)
        step(_("1. A committee's account, a joint sender of three, a second account of one participant"))
        self.cast = cast()
        self.make_pools(operator, number)
        for account, mark in ((self.cast.committee, "committee"), (self.cast.candidate, "candidate")):
            self.import_readers(account, mark)

    def make_pools(self, operator: Actor, number: int) -> None:
        """A fast way, a slow one (so that a campaign is under way when it is stopped), and one with a queue."""
        ways: dict[str, dict[str, object]] = {
            "direct": {"port": self.sink.port},
            "slow": {"port": self.sink.port, "rate_per_second": 60.0},
        }
        if self.postfix is not None:
            ways["queued"] = {"port": self.postfix.port, "kind": "postfix", "queue": self.postfix.access}
        # Notices go through the platform's own pool; of its relays the one of this run comes first.
        create_relay(
            actor=operator, name=f"platform {number}", pool="platform", host="127.0.0.1", port=self.sink.port,
            tls="none", signs=True, weight=min(number, 100),
        )  # fmt: skip
        for name, given in ways.items():
            pool = f"{name} {number}"
            create_relay(
                actor=operator, name=pool, pool=pool, host="127.0.0.1", tls="none", signs=True, **given  # type: ignore[arg-type]
            )
            with connection.cursor() as cursor:
                cursor.execute("SELECT pool_id FROM relay WHERE name = %s", [pool])
                self.pools[name] = cursor.fetchone()[0]

    def import_readers(self, account: Account, mark: str) -> None:
        path = self.folder / f"{mark}.csv"
        rows = [f"reader{number}@{mark}.example,Reader" for number in range(self.readers)]
        if account is self.cast.committee:
            rows += [f"{each},First" for each in self.first_readers]
        path.write_text("\n".join(["email,first_name", *rows]) + "\n")
        import_contacts(
            **account.who, source=Source(path, path.name), consent=_("Invented people; nobody is written to.")
        )

    def start(self, name: str, account: Account, identity: str, pool: str, html: str) -> None:
        """Starts a campaign to everybody of the account."""
        version = account.content(name, identity, name, html)
        made = create_campaign(
            **account.who, name=name, identity_id=account.identities[identity], content_version_id=version,
            audience=Audience(everyone=True), pool_id=self.pools[pool],
        )  # fmt: skip
        send_campaign(**account.who, campaign_id=made.id, latest_at=LATEST)
        self.campaigns[name] = (account, made.id)

    def accepted(self, name: str) -> int:
        account, number = self.campaigns[name]
        return progress(account.number, number).accepted

    def finished(self, numbers: Collection[int]) -> None:
        """Waits until these campaigns of the committee are through."""
        account_id = self.cast.committee.number

        def through() -> bool:
            states = dispatch_states(account_id, list(numbers))
            return all(states.get(each) == "finished" for each in numbers)

        await_(through, _("campaigns {numbers} are through").format(numbers=sorted(numbers)[:5]))

    # the sixth of January

    def run(self) -> None:
        committee, candidate = self.cast.committee, self.cast.candidate
        move_clock(SIXTH)
        step(_("3. Evening of 6 January: an ask of each account for the joint sender is under way, and plain news"))
        self.start("The fight is tonight", committee, "joint", "slow", texts.WITH_NOTICE)
        self.start("Fight on", candidate, "joint", "queued" if self.postfix else "slow", texts.COMBATIVE)
        self.start("Ferry news", candidate, "own", "slow", texts.NEWS)
        for name in self.campaigns:
            await_(lambda name=name: self.accepted(name) > 20, _("mail of {name} flows").format(name=name))
        pause = self.pause_by_the_customer()
        done = decide(self.cast, [(committee.number, self.campaigns["The fight is tonight"][1])])
        self.after_activation(done, boottime())
        show_notices(self.cast, done.decision.id, post_all_notices())
        show_status(committee)
        appeal_and_vary(self.cast, done.decision.id)
        show_register(self.cast, done.decision.id)
        self.lapse(done.decision.id, pause)
        show_export(self.cast, done.decision.id)

    def pause_by_the_customer(self) -> int:
        step(_("4. The committee pauses its fundraising, of its own accord"))
        committee = self.cast.committee
        begun = begin_pause(
            **committee.who, capability="fundraising", joint_sender_id=self.cast.joint_sender_id, reason="Tonight."
        )
        self.still("The fight is tonight", boottime())
        count = self.accepted("The fight is tonight")
        click.echo(_("   its own campaign stands at {count:,} mails; the other account's goes on").format(count=count))
        return begun.pause.id

    def still(self, name: str, since: float) -> None:
        """Nothing more of a campaign has come to the sink a second later than what stopped it returned."""
        time.sleep(max(0.0, since + 1.0 - boottime()))
        late = self.sink.after(since, name)
        if late:
            raise Unavailable(_("{count} mails of {name} came after it was stopped.").format(count=late, name=name))

    def after_activation(self, done: Activated, since: float) -> None:
        """The running campaign stands, other mail goes on, and what lies in the relay's queue stays there."""
        for each in done.decision.measures:
            click.echo(f"   {each.label} {each.kind}: {state_in_words(each.state)}")
            show_coverage(each.coverage)
        click.echo(
            _("   in force after {seconds:.2f} s; held: {held}; in queues: {queued} held, {beyond} out of reach")
            .format(seconds=done.fence.seconds, held=len(done.held), queued=done.queued.held,
                    beyond=done.queued.out_of_reach)
        )  # fmt: skip
        self.still("Fight on", since)
        if self.postfix is not None:
            self.postfix.deliver_to(self.sink.port)
        await_(lambda: self.accepted("Ferry news") == self.readers, _("the news reaches everybody"))
        await_(lambda: self.sink.count("@candidate.") >= self.readers, _("the news has come to everybody"))
        if self.postfix is not None and self.sink.count("@candidate.") > self.readers:
            raise Unavailable(_("Mail that was held in the relay's queue went out."))
        for name in ("The fight is tonight", "Fight on"):
            account, number = self.campaigns[name]
            for line in dispositions(account.owner, account.number, number):
                click.echo(f"   {name}: {line.effect}: {', '.join(line.reasons)}")
        self.refused_start()

    def refused_start(self) -> None:
        try:
            self.start("Once more", self.cast.candidate, "joint", "direct", texts.COMBATIVE)
        except Restricted as refused:
            click.echo(_("   a new ask is refused: {decision}, {url}").format(
                decision=refused.decision, url=refused.url))  # fmt: skip
        else:
            raise Unavailable(_("A new ask for the joint sender was not refused."))

    def lapse(self, decision_id: int, pause: int) -> None:
        """Past the last date nothing is in force, and still nothing goes out before its sender says so."""
        step(_("9. The measures run out; what was held waits for its senders' word"))
        before = {name: self.accepted(name) for name in ("The fight is tonight", "Fight on")}
        move_clock(LAST_DATE + timedelta(minutes=1))
        view = decision_view(decision_id, SYSTEM_CLOCK.now())
        click.echo("   " + ", ".join(f"{each.label}: {state_in_words(each.state)}" for each in view.measures))
        end_pause(**self.cast.committee.who, pause_id=pause, reason="The measures are over.")
        ended = boottime()
        for name in before:
            self.still(name, ended)
        for account, number in (self.campaigns["The fight is tonight"], self.campaigns["Fight on"]):
            confirm_campaign(**account.who, campaign_id=number)
        if self.postfix is not None:
            self.postfix.run("postqueue", "-f")  # what was let go is tried now, not at the relay's next round
        self.all_received_once(before)

    def all_received_once(self, before: dict[str, int]) -> None:
        for part, count in {"@committee.": self.readers, "@candidate.": 2 * self.readers}.items():
            await_(
                lambda part=part, count=count: self.sink.count(part) >= count, _("all of {part}").format(part=part)
            )
        doubled = [a for a, n in self.sink.received().items() if "@committee." in a and n != 1]
        doubled += [a for a, n in self.sink.received().items() if "@candidate." in a and n != 2]
        if doubled:
            raise Unavailable(_("{count} readers got something twice or not at all.").format(count=len(doubled)))
        click.echo(_("   confirmed: everybody has everything once ({left:,} mails were held)").format(
            left=sum(self.readers - each for each in before.values())))  # fmt: skip
