"""Every router of the API with its tag, in the order of the document."""

from fairpost.api.routers import (
    accounts,
    campaigns,
    contacts,
    content,
    events,
    identities,
    imports,
    installation,
    joint_senders,
    keys,
    lists,
    people,
    relays,
    segments,
)

ROUTERS = (
    ("accounts", accounts.router),
    ("joint senders", joint_senders.router),
    ("people", people.router),
    ("API keys", keys.router),
    ("identities", identities.router),
    ("imports", imports.router),
    ("contacts", contacts.router),
    ("lists", lists.router),
    ("segments", segments.router),
    ("content", content.router),
    ("campaigns", campaigns.router),
    ("relays", relays.router),
    ("record", events.router),
    ("installation", installation.router),
)
