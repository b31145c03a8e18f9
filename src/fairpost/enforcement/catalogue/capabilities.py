"""What of the product can be switched off for somebody: the words that measures, pauses and acts share."""

from __future__ import annotations

from fairpost.kernel.text import mark

PRODUCTS: dict[str, str] = {
    "sending": mark("sending campaigns"),
    "fundraising": mark("sending mail that asks for donations"),
    "import": mark("importing contacts"),
    "api_keys": mark("using API keys"),
    "automations": mark("running automations"),
    "forms": mark("sign-up forms"),
    "sub_users": mark("adding people and business units"),
    "content": mark("writing content and campaigns"),
    "account": mark("changing the account"),
    "registration": mark("registering anew"),
}

# What goes on under every measure; shown in every notice.
ALWAYS = (
    mark("unsubscribing, preferences and one-click unsubscribe"),
    mark("bounces and complaints are taken in"),
    mark("exporting data and asking for its deletion"),
    mark("security and legal notices to the account's own people"),
    mark("donations are still recorded; receipts, refunds, cancellations and compliance letters from fixed templates"),
    mark("pausing and cancelling campaigns, appealing"),
)
