"""What an actor may do: the one table of capabilities with their sentences, and of roles with theirs."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.kernel.text import _


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
    "installation.manage": Capability(_("create accounts and change what concerns the whole installation")),
    "account.read": Capability(_("see the account, its units, senders and people"), shared=True),
    "account.manage": Capability(_("change the account, its units, organisations and joint senders")),
    "people.manage": Capability(_("add people and grant or revoke their roles")),
    "keys.manage": Capability(_("create and revoke API keys")),
    "identity.manage": Capability(_("create sender identities and manage their domains and DKIM keys")),
    "contacts.read": Capability(_("look up and count contacts")),
    "contacts.write": Capability(_("import, change and remove contacts")),
    "contacts.export": Capability(_("export contacts")),
    "suppression.write": Capability(_("suppress addresses and lift suppressions")),
    "list.write": Capability(_("create and change lists and their members")),
    "segment.write": Capability(_("create and change segments")),
    "content.read": Capability(_("see templates and content"), shared=True),
    "content.write": Capability(_("write templates and content")),
    "campaign.read": Capability(_("see campaigns and their results")),
    "campaign.write": Capability(_("create and change campaigns and send tests")),
    "campaign.send": Capability(_("send, schedule, pause, resume and cancel campaigns")),
    "relay.manage": Capability(_("manage the relays that mail is handed to")),
    "audit.read": Capability(_("read the record of who did what and why")),
}

READ = frozenset({"account.read", "content.read", "campaign.read"})
AUTHOR = READ | {"contacts.read", "content.write", "campaign.write", "segment.write", "list.write"}
SENDER = AUTHOR | {"campaign.send", "contacts.write", "suppression.write"}

ROLES: dict[str, Role] = {
    "owner": Role(
        _("runs the account: everything inside it"),
        frozenset(CAPABILITIES) - {"installation.manage", "relay.manage"},
    ),
    "author": Role(_("writes content and prepares campaigns, but does not send"), AUTHOR),
    "sender": Role(_("does what an author does, keeps contacts and sends"), SENDER),
    "analyst": Role(_("reads campaigns and results, changes nothing"), READ | {"contacts.read"}),
    "operator": Role(
        _("runs the installation: accounts, their people, relays"),
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
                "audit.read",
            }
        ),
        installation=True,
    ),
    "reviewer": Role(_("reads content and campaigns of all accounts to review"), READ, installation=True),
    "approver": Role(
        _("reads what reviewers read, and the record, to decide on their findings"),
        READ | {"audit.read"},
        installation=True,
    ),
    "auditor": Role(
        _("reads the record of all accounts, changes nothing"),
        frozenset({"account.read", "campaign.read", "audit.read"}),
        installation=True,
    ),
}


def capabilities_of(roles: set[str] | frozenset[str]) -> frozenset[str]:
    """All capabilities of these roles; a KeyError for a role that does not exist."""
    return frozenset().union(*(ROLES[role].capabilities for role in roles))
