"""What an actor may do: the one table of capabilities with their sentences, and of roles with theirs."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.kernel.text import mark


@dataclass(frozen=True, slots=True)
class Capability:
    """One permission; with `shared`, an actor of one unit may use it on what the whole account shares."""

    sentence: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of capabilities, held inside one account or, for an `installation` role, over all."""

    sentence: str
    capabilities: frozenset[str]
    installation: bool = False


CAPABILITIES: dict[str, Capability] = {
    "installation.manage": Capability(mark("create accounts and change what concerns the whole installation")),
    "account.read": Capability(mark("see the account, its units, senders and people"), shared=True),
    "account.manage": Capability(mark("change the account, its units, organisations and joint senders")),
    "people.manage": Capability(mark("add people and grant or revoke their roles")),
    "keys.manage": Capability(mark("create and revoke API keys")),
    "identity.manage": Capability(mark("create sender identities and manage their domains and DKIM keys")),
    "contacts.read": Capability(mark("look up and count contacts")),
    "contacts.write": Capability(mark("import, change and remove contacts")),
    "contacts.export": Capability(mark("export contacts")),
    "suppression.write": Capability(mark("suppress addresses and lift suppressions")),
    "list.write": Capability(mark("create and change lists and their members")),
    "segment.write": Capability(mark("create and change segments")),
    "content.read": Capability(mark("see templates and content"), shared=True),
    "content.write": Capability(mark("write templates and content")),
    "campaign.read": Capability(mark("see campaigns and their results")),
    "campaign.write": Capability(mark("create and change campaigns and send tests")),
    "campaign.send": Capability(mark("send, schedule, pause, resume and cancel campaigns")),
    "donation.read": Capability(mark("see donations, and make receipts and letters of them")),
    "donation.write": Capability(mark("take in donations, and say which organisation a platform means")),
    "webhook.manage": Capability(mark("set up what is posted to other systems, and what they post here")),
    "relay.manage": Capability(mark("manage the relays that mail is handed to")),
    "audit.read": Capability(mark("read the record of who did what and why")),
    "audit.seal": Capability(mark("seal the record, set what is kept how long, erase what a person may have erased")),
    "enforcement.read": Capability(mark("see decisions, measures, notices and appeals"), shared=True),
    "case.write": Capability(mark("open cases, add evidence to them and close them")),
    "decision.propose": Capability(mark("propose decisions and take short measures that need no second person")),
    "decision.approve": Capability(mark("approve or return what another person proposed")),
    "decision.senior": Capability(mark("approve what is permanent, ends a contract or bars a body")),
    "appeal.file": Capability(mark("appeal against a decision and ask for a stay")),
    "appeal.review": Capability(mark("review appeals and grant stays")),
    "legal.order": Capability(mark("enter orders of courts and authorities, and what they hold or forbid to tell")),
    "pause.write": Capability(mark("pause and resume the account's own sending")),
    "register.manage": Capability(mark("seal, publish and amend entries of the register")),
    "report.handle": Capability(mark("answer reports from outside")),
    "policy.manage": Capability(mark("write policies and content classes and bring them into force")),
    "risk.declare": Capability(mark("declare and close periods of elevated risk")),
    "clearance.write": Capability(mark("clear content before it is sent")),
}

READ = frozenset({"account.read", "content.read", "campaign.read"})
AUTHOR = READ | {"contacts.read", "content.write", "campaign.write", "segment.write", "list.write"}
SENDER = AUTHOR | {
    "campaign.send", "contacts.write", "suppression.write", "pause.write", "donation.read", "donation.write",
}  # fmt: skip
OWNER = SENDER | {
    "account.manage",
    "people.manage",
    "keys.manage",
    "identity.manage",
    "webhook.manage",
    "contacts.export",
    "audit.read",
    "enforcement.read",
    "appeal.file",
}
REVIEW = READ | {"enforcement.read"}

ROLES: dict[str, Role] = {
    "owner": Role(mark("runs the account: everything inside it"), OWNER),
    "author": Role(mark("writes content and prepares campaigns, but does not send"), AUTHOR),
    "sender": Role(mark("does what an author does, keeps contacts and sends"), SENDER),
    "analyst": Role(mark("reads campaigns and results, changes nothing"), READ | {"contacts.read", "donation.read"}),
    "operator": Role(
        mark("runs the installation: accounts, their people, relays"),
        frozenset(
            {
                "installation.manage",
                "account.read",
                "account.manage",
                "people.manage",
                "keys.manage",
                "identity.manage",
                "campaign.read",
                "campaign.send",
                "suppression.write",
                "relay.manage",
                "webhook.manage",
                "donation.read",
                "donation.write",
                "audit.read",
                "audit.seal",
                "enforcement.read",
                "policy.manage",
                "register.manage",
            }
        ),
        installation=True,
    ),
    "reviewer": Role(
        mark("works on cases and reports of all accounts and proposes decisions"),
        REVIEW | {"case.write", "decision.propose", "report.handle", "clearance.write", "risk.declare"},
        installation=True,
    ),
    "approver": Role(
        mark("reads what reviewers read, and the record, and approves or returns what others propose"),
        REVIEW | {"audit.read", "decision.approve"},
        installation=True,
    ),
    "appeal_reviewer": Role(
        mark("reviews appeals against decisions in which they had no hand"),
        REVIEW | {"audit.read", "appeal.review"},
        installation=True,
    ),
    "senior": Role(
        mark("approves also what is permanent, ends a contract or bars a body"),
        REVIEW | {"audit.read", "decision.approve", "decision.senior", "risk.declare"},
        installation=True,
    ),
    "legal_officer": Role(
        mark("enters orders of courts and authorities, and alone keeps out of sight what they forbid to disclose"),
        REVIEW | {"audit.read", "legal.order"},
        installation=True,
    ),
    "auditor": Role(
        mark("reads the record and all decisions of all accounts, changes nothing"),
        frozenset({"account.read", "campaign.read", "audit.read", "enforcement.read"}),
        installation=True,
    ),
}


def capabilities_of(roles: set[str] | frozenset[str]) -> frozenset[str]:
    """All capabilities of these roles; a KeyError for a role that does not exist."""
    return frozenset().union(*(ROLES[role].capabilities for role in roles))
