"""What a contact did is read from words such as: opened any of last 5 campaigns, or: did not donate in last 30 days.

    deed     = done [ by ] [ "link" number "of" ] [ scope ]
    done     = "received" | "opened" | "clicked" | "donated" | "bounced" | "complained" | "unsubscribed"
             | "did" "not" ( "receive" | "open" | "click" | "donate" | "bounce" | "complain" | "unsubscribe" )
    by       = "by" ( "machine" | "machines" | "person" )
    scope    = [ "in" | "to" | "from" | "about" ] "campaign" text
             | "any" "of" "campaigns" "(" text { "," text } ")"
             | "any" "of" [ "the" ] "last" number "campaigns"
             | [ "any" ] ( period | "ever" )
    period   = "in" [ "the" ] "last" [ number ] ( "days" | "weeks" | "months" | "years" )
             | "between" day "and" day | "since" day | "until" day

Without a scope it is ever. An attribute that is named like a deed is compared as any other: `opened = 3`.
"""

from __future__ import annotations

from fairpost.kernel.text import _
from fairpost.segments.reader import DAYS, Reader
from fairpost.segments.tree import (
    DEEDS,
    EVER,
    Ago,
    Behaved,
    Campaigns,
    Deed,
    LastCampaigns,
    NamedCampaign,
    Not,
    Period,
    Scope,
)
from fairpost.segments.words import fault

VERBS: dict[str, Deed] = {
    "receive": "received",
    "open": "opened",
    "click": "clicked",
    "donate": "donated",
    "bounce": "bounced",
    "complain": "complained",
    "unsubscribe": "unsubscribed",
}
COMPARISONS = ("contains", "starts", "ends", "is", "not")
BY_DAY = ("before", "after", "on")


def starts_deed(reader: Reader) -> bool:
    """Whether a deed begins here, and no comparison with an attribute of that name."""
    after = reader.words[reader.at + 1] if reader.at + 1 < len(reader.words) else reader.word
    if reader.word.is_word("did"):
        return after.is_word("not")
    if not reader.word.is_word(*DEEDS):
        return False
    if after.is_word("in"):
        return reader.words[reader.at + 2].text != "("
    return after.text not in ("=", "!=", "<", "<=", ">", ">=") and not after.is_word(*COMPARISONS)


def read_deed(reader: Reader) -> Behaved | Not:
    """The deed that begins here. Raises `Invalid` with the place of what does not belong there."""
    word = reader.take()
    if not word.is_word("did"):
        did: Deed = DEEDS[DEEDS.index(word.text.casefold())]  # type: ignore[arg-type]
        return rest_of(reader, did)
    reader.expect(reader.took("not"), "not")
    if not reader.word.is_word(*VERBS):
        raise reader.unexpected(", ".join(VERBS))
    return Not(rest_of(reader, VERBS[reader.take().text.casefold()]))


def rest_of(reader: Reader, did: Deed) -> Behaved:
    machine = False
    if reader.took("by"):
        machine = reader.took("machine", "machines")
        reader.expect(machine or reader.took("person"), _("machine or person"))
    link = None
    if reader.took("link"):
        link = reader.whole_number()
        reader.expect(reader.took("of"), "of")
    return Behaved(did, read_scope(reader, did), link, machine)


def read_scope(reader: Reader, did: Deed) -> Scope:
    if reader.word.is_word(*BY_DAY):
        # An attribute of this name may be a day: nobody shall get the one who meant the other.
        sentence = _("it is not clear whether {name} is an attribute ([{name}]) or a deed (use between, since, until)")
        raise fault(sentence.format(name=did), reader.word.place)
    any_mail = reader.took("any")
    if any_mail and reader.took("of"):
        return any_of(reader)
    if reader.took("ever"):
        return EVER
    if any_mail:
        return read_period(reader)
    if reader.word.is_word("in", "to", "from", "about") and reader.words[reader.at + 1].is_word("campaign"):
        reader.at += 1
    if reader.took("campaign"):
        return Campaigns((named_campaign(reader),))
    if reader.word.is_word("in", "between", "since", "until"):
        return read_period(reader)
    return EVER


def any_of(reader: Reader) -> Scope:
    if reader.took("campaigns"):
        reader.expect(reader.sign("("), _("an opening bracket"))
        named = [named_campaign(reader)]
        while reader.sign(","):
            named.append(named_campaign(reader))
        reader.expect(reader.sign(")"), _("a comma or a closing bracket"))
        return Campaigns(tuple(named))
    reader.took("the")
    reader.expect(reader.took("last"), _("last, or campaigns and their names in brackets"))
    count = reader.whole_number()
    reader.expect(reader.took("campaigns", "campaign"), "campaigns")
    return LastCampaigns(count)


def named_campaign(reader: Reader) -> NamedCampaign:
    reader.expect(reader.word.kind == "text", _("the campaign's name in quotes"))
    return NamedCampaign(reader.take().text)


def read_period(reader: Reader) -> Period:
    if reader.took("between"):
        first = reader.day()
        reader.expect(reader.took("and"), "and")
        return Period(first, reader.day())
    if reader.took("since"):
        return Period(first=reader.day())
    if reader.took("until"):
        return Period(last=reader.day())
    reader.expect(reader.took("in"), _("a period (in last 30 days, between two days, since or until a day)"))
    reader.took("the")
    reader.expect(reader.took("last"), "last")
    if reader.word.is_word(*DAYS):
        return Period(first=Ago(DAYS[reader.take().text.casefold()]))
    return Period(first=Ago(reader.span()))
