"""Every act that changes something of an account: what it needs, and under what a measure may forbid it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fairpost.kernel.text import mark

Product = Literal[
    "sending", "fundraising", "import", "api_keys", "automations", "forms", "sub_users", "content", "account"
]


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its sentence completes "the account may not ...".

    `product` is the part of the product that a measure may switch off and this act falls under; None falls under the
    whole account only. What is `always_allowed` no measure and no pause forbids.
    """

    name: str
    sentence: str
    capability: str
    product: Product | None = None
    always_allowed: bool = False


def table(*acts: Act) -> dict[str, Act]:
    return {each.name: each for each in acts}


def free(name: str, sentence: str, capability: str) -> Act:
    """An act that goes on under every measure: it protects people, their data or their redress, or only stops mail."""
    return Act(name, sentence, capability, always_allowed=True)


ACTS: dict[str, Act] = table(
    Act("account.change", mark("change the account"), "account.manage", "account"),
    Act("unit.create", mark("add business units"), "account.manage", "sub_users"),
    Act("organisation.create", mark("register organisations"), "account.manage", "account"),
    Act("joint_sender.create", mark("register joint senders"), "account.manage", "account"),
    Act("joint_sender.join", mark("add participants to joint senders"), "account.manage", "account"),
    free("joint_sender.leave", mark("end participations in joint senders"), "account.manage"),
    Act("joint_notice.publish", mark("publish joint notices"), "account.manage", "account"),
    Act("identity.create", mark("create sender identities"), "identity.manage", "account"),
    Act("identity.change", mark("change sender identities"), "identity.manage", "account"),
    Act("identity.check", mark("check sender identities"), "identity.manage", "account"),
    Act("dkim_key.rotate", mark("make DKIM keys"), "identity.manage", "account"),
    Act("dkim_key.activate", mark("activate DKIM keys"), "identity.manage", "account"),
    Act("person.create", mark("add people"), "people.manage", "sub_users"),
    Act("role.grant", mark("give roles"), "people.manage", "sub_users"),
    free("role.revoke", mark("take roles from people"), "people.manage"),
    free("password.set", mark("set passwords"), "people.manage"),
    Act("api_key.create", mark("make API keys"), "keys.manage", "api_keys"),
    Act("api_key.create_own", mark("make personal keys"), "account.read", "api_keys"),
    Act("api_key.use", mark("act by API keys"), "account.read", "api_keys"),
    free("api_key.revoke", mark("revoke API keys"), "keys.manage"),
    free("api_key.revoke_own", mark("revoke one's own keys"), "account.read"),
    free("outside_contact.add", mark("name addresses outside the account for its notices"), "account.manage"),
    free("outside_contact.remove", mark("remove addresses outside the account"), "account.manage"),
    Act("contacts.import", mark("import contacts"), "contacts.write", "import"),
    free("import.cancel", mark("cancel imports"), "contacts.write"),
    free("contacts.export", mark("export contacts"), "contacts.export"),
    free("contact.export", mark("give a person a copy of what is held on them"), "contacts.export"),
    free("contact.erase", mark("erase what is held on a person"), "contacts.write"),
    Act("domains.check", mark("check the domains of contacts"), "contacts.write", "import"),
    free("suppression.add", mark("suppress addresses"), "suppression.write"),
    Act("suppression.lift", mark("lift suppressions"), "suppression.write", "import"),
    Act("tracking.on", mark("follow opens and clicks again"), "contacts.write", "account"),
    free("tracking.off", mark("follow no opens and clicks any more"), "contacts.write"),
    Act("list.write", mark("create and change lists"), "list.write"),
    Act("list.join", mark("add contacts to lists"), "list.write", "import"),
    free("list.leave", mark("take contacts from lists"), "list.write"),
    Act("consent_text.publish", mark("publish consent texts"), "contacts.write", "forms"),
    Act("form.write", mark("create sign-up forms"), "contacts.write", "forms"),
    free("form.close", mark("close sign-up forms"), "contacts.write"),
    Act("signup.take", mark("take sign-ups by forms"), "contacts.write", "forms"),
    free("preferences.change", mark("let contacts choose for themselves"), "contacts.write"),
    Act("segment.write", mark("create and change segments"), "segment.write"),
    Act("content.write", mark("write templates and content"), "content.write", "content"),
    Act("campaign.write", mark("create and change campaigns"), "campaign.write", "content"),
    Act("campaign.test", mark("send tests"), "campaign.write", "sending"),
    Act("campaign.send", mark("send campaigns"), "campaign.send", "sending"),
    Act("campaign.schedule", mark("schedule campaigns"), "campaign.send", "sending"),
    Act("campaign.confirm", mark("confirm campaigns that were held"), "campaign.send", "sending"),
    Act("campaign.resume", mark("resume campaigns"), "campaign.send", "sending"),
    Act("campaign.archive", mark("let anybody read campaigns"), "campaign.send", "content"),
    free("campaign.unarchive", mark("take campaigns out of the archive"), "campaign.send"),
    free("campaign.unschedule", mark("take back schedules"), "campaign.send"),
    free("campaign.pause", mark("pause campaigns"), "campaign.send"),
    free("campaign.cancel", mark("cancel campaigns"), "campaign.send"),
    free("donation.take", mark("take in donations"), "donation.write"),
    free("donation.receiver", mark("say which organisation a donation platform means"), "donation.write"),
    free("donation.receipt", mark("make receipts of donations"), "donation.read"),
    free("donation.letter", mark("make letters of the donations of a period"), "donation.read"),
    Act("webhook.add", mark("add webhooks"), "webhook.manage"),
    free("webhook.pause", mark("pause webhooks"), "webhook.manage"),
    free("webhook.resume", mark("resume webhooks"), "webhook.manage"),
    free("webhook.rotate", mark("make new secrets for webhooks"), "webhook.manage"),
    free("webhook.redeliver", mark("have events posted again"), "webhook.manage"),
    free("webhook.test", mark("test webhooks"), "webhook.manage"),
    free("webhook.remove", mark("remove webhooks"), "webhook.manage"),
    Act("hook.add", mark("add hooks that providers post to"), "webhook.manage"),
    free("hook.remove", mark("remove hooks that providers post to"), "webhook.manage"),
    free("appeal.file", mark("appeal against decisions"), "appeal.file"),
    free("appeal.answer", mark("answer what the reviewer of an appeal asks"), "appeal.file"),
    free("appeal.withdraw", mark("withdraw appeals"), "appeal.file"),
    free("notice.acknowledge", mark("acknowledge notices"), "enforcement.read"),
    free("pause.begin", mark("pause what the account itself does"), "pause.write"),
    free("pause.end", mark("end the account's own pauses"), "pause.write"),
)

# What a program may read where API keys are off: enough to learn why, to appeal, to cancel and to leave with the data.
ALWAYS_READ = frozenset({"account.read", "campaign.read", "contacts.export", "audit.read", "enforcement.read"})


def act_of(name: str, capability: str) -> Act:
    """The declared act; a KeyError or ValueError for one that is not, or that needs another capability."""
    act = ACTS[name]
    if act.capability != capability:
        raise ValueError(f"{name} is declared under {act.capability}, not under {capability}")
    return act
