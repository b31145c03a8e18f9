"""Every command of `fairpost`, declared once: its name, where it lives and what it needs before it runs.

A module is imported only when its command is called or listed with its help, so a command costs no more
than itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Needs(Enum):
    """What must stand before a command runs."""

    NOTHING = "nothing"
    DATABASE = "Django is set up; the embedded database is started where it is the one and stands still"
    TABLES = "the same, with tables up to date; a server that had to be started is stopped afterwards"


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: `target` is module:attribute of a click command.

    `retried` are its subcommands that a mail server runs: they end with 75 (EX_TEMPFAIL of sysexits.h) instead of 1,
    so that what they were given comes again. `plain` are its subcommands that need nothing: its
    module imports without Django, and the others import what they need themselves.
    """

    name: str
    target: str
    summary: str
    needs: Needs = Needs.DATABASE
    retried: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        return self.target.partition(":")[0]

    @property
    def attribute(self) -> str:
        return self.target.partition(":")[2]


COMMANDS = (
    Entry("demo", "fairpost.cli.demo.command:command", "Show the whole of it in a few minutes.", Needs.TABLES),
    Entry("serve", "fairpost.runtime.commands.serve:command", "Run all of it here.", Needs.NOTHING),
    Entry("web", "fairpost.runtime.commands.web:command", "Serve the pages and the API."),
    Entry("edge", "fairpost.runtime.commands.edge:command", "Take opens, clicks and unsubscribes.", Needs.NOTHING),
    Entry("sender", "fairpost.runtime.commands.sender:command", "Send what is due, in several processes."),
    Entry("worker", "fairpost.runtime.commands.worker:command", "Run the periodic jobs."),
    Entry("sink", "fairpost.cli.sink:command", "Take mail over SMTP and record or count it.", Needs.NOTHING),
    Entry(
        "mailin",
        "fairpost.runtime.commands.mailin:command",
        "Mail that comes back, and what it means.",
        retried=("take",),
        plain=("classify", "evaluate"),
    ),
    Entry("doctor", "fairpost.runtime.commands.doctor:command", "Say what is wrong here.", Needs.NOTHING),
    Entry("db", "fairpost.runtime.commands.db:command", "Start, stop, migrate the database.", Needs.NOTHING),
    Entry("account", "fairpost.cli.account:command", "Accounts, business units, people and API keys."),
    Entry("contacts", "fairpost.cli.contacts:command", "Import, export, count and suppress contacts."),
    Entry("form", "fairpost.cli.form:command", "Public sign-up forms and consent texts."),
    Entry("tracking", "fairpost.cli.tracking:command", "Where opens and clicks are followed."),
    Entry("list", "fairpost.cli.list:command", "Lists of contacts."),
    Entry("segment", "fairpost.cli.segment:command", "Saved conditions over contacts."),
    Entry("template", "fairpost.cli.template:command", "Templates and their content versions."),
    Entry("campaign", "fairpost.cli.campaign:command", "Create, send, pause and follow campaigns."),
    Entry("donation", "fairpost.cli.donation:command", "Donations: take in, report, receipts and letters."),
    Entry("results", "fairpost.cli.results:command", "What came back: opens, clicks, donations, all else."),
    Entry("identity", "fairpost.cli.identity:command", "Sender identities, domains and DKIM keys."),
    Entry("feedback", "fairpost.cli.feedback:command", "Bounces, refusals and complaints."),
    Entry("relay", "fairpost.cli.relay:command", "SMTP servers that take the mail."),
    Entry("edges", "fairpost.cli.edges:command", "Edges, and which of them senders wait for."),
    Entry("policy", "fairpost.cli.policy:command", "Clauses of the policy, in versions."),
    Entry("class", "fairpost.cli.content_class:command", "Content classes that measures can name."),
    Entry("case", "fairpost.cli.case:command", "Cases and their evidence."),
    Entry("decision", "fairpost.cli.decision:command", "Propose, approve and activate restrictions."),
    Entry("measure", "fairpost.cli.measure:command", "Single restrictions, and their end."),
    Entry("held", "fairpost.cli.held:command", "Campaigns that wait, and why."),
    Entry("appeal", "fairpost.cli.appeal:command", "Appeal against a decision, and review appeals."),
    Entry("pause", "fairpost.cli.pause:command", "What an account pauses of its own."),
    Entry("period", "fairpost.cli.risk_period:command", "Periods of elevated risk, declared by two people."),
    Entry("clear", "fairpost.cli.clearance:command", "Release content before it is sent."),
    Entry("watch", "fairpost.cli.watch:command", "Rates of complaints and bounces, and what was done about them."),
    Entry("brake", "fairpost.cli.brake:command", "What was stopped in a hurry, and the second look at it."),
    Entry("dsa", "fairpost.cli.dsa:command", "Statements of reasons for the DSA database."),
    Entry("audit", "fairpost.runtime.commands.audit:command", "The record: verify, export, hold, erase."),
    Entry("notice", "fairpost.cli.notice:command", "Notices of decisions: word for word, with what became of them."),
    Entry("register", "fairpost.cli.register:command", "What was decided, as others read it."),
    Entry("report", "fairpost.cli.report:command", "Reports of campaigns by people outside.", retried=("take",)),
    Entry("order", "fairpost.cli.order:command", "Orders of courts and authorities."),
    Entry("transparency", "fairpost.cli.transparency:command", "Figures about enforcement in any period."),
    Entry("webhook", "fairpost.cli.webhook:command", "Post what happens to other systems."),
    Entry("hook", "fairpost.cli.hook:command", "Take what providers post."),
    Entry("bench", "fairpost.cli.bench:command", "Measure against this machine's ceilings.", Needs.NOTHING),
)
BY_NAME = {entry.name: entry for entry in COMMANDS}
