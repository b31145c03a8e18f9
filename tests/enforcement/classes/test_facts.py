"""The facts of a content version are what its readers see, however it is written."""

from __future__ import annotations

import pytest
from tests.builders.tenants import Tenant, make_account
from tests.enforcement.classes.conftest import Mail

from fairpost.content.queries.versions import content_version
from fairpost.enforcement.classes.evaluate import matches
from fairpost.enforcement.classes.hosts import host_of
from fairpost.enforcement.classes.rule_json import rule_from_json
from fairpost.enforcement.queries.content_facts import content_facts
from fairpost.kernel.errors import NotFound

DISGUISES = {
    "plain": "fight like hell",
    "case": "FiGhT LIKE Hell",
    "entities": "&#102;ight&nbsp;like &#x68;ell",
    "entities without semicolon": "f&#105ght like hell",
    "soft hyphens": "fi&shy;ght li&shy;ke he&shy;ll",
    "zero-width space": "fi&#8203;ght like h&#x200b;ell",
    "zero-width joiners": "f&zwj;ight l&zwnj;ike hell\u2060",
    "direction marks": "fi&rlm;ght like he&lrm;ll",
    "grapheme joiner": "fi&#847;ght like hell",
    "hangul filler": "fi\u3164ght like hell",
    "full width": "ｆｉｇｈｔ like hell",
    "mathematical letters": "𝐟𝐢𝐠𝐡𝐭 like hell",
    "ligature": "ﬁght like hell",
    "struck through with marks": "f\u0336i\u0336g\u0336h\u0336t\u0336 like hell",
    "inline tags": "fi<b>ght</b> <i>like</i> he<span>ll</span>",
    "comment inside a word": "fi<!-- x -->ght like hell",
    "word break opportunity": "fi<wbr>ght like hell",
    "one table cell a word": "<table><tr><td>fight</td><td>like</td><td>hell</td></tr></table>",
    "line breaks": "fight<br>like<br>\nhell",
    "spans laid out as blocks": "<span style='display:block'>fight</span><span style='display:block'>like</span>hell",
    "letters as inline blocks": "<div style='display:inline'>fi</div><div style='display:inline'>ght</div> like hell",
    "invisible letters between": "fi<span style='display:none'>zz</span>ght like hell",
    "letters of no size between": "fi<span style='font-size:0'>zz</span>ght like hell",
    "in hidden text": "<p style='display:none'>fight like hell</p>",
    "only in Outlook": "<!--[if mso]><p>fight like hell</p><![endif]-->",
    "description of a picture": "<img src='https://lake.example/a.png' alt='fight like hell'>",
    "punctuation": "fight... LIKE -- 'hell'!",
    "joined by Liquid": "fi{{ nobody }}ght like hell",
    "out of Liquid's variables": "{% assign a = 'fi' %}{{ a }}ght like hell",
    "a literal of Liquid": "{{ first_name | default: 'fight like hell' }}",
    "a branch for some": "{% if state == 'PA' %}fight like hell{% else %}good morning{% endif %}",
    "a branch inside a word": "{% if state == 'PA' %}fi{% endif %}{% if state == 'PA' %}ght like hell{% endif %}",
}
NOTHING_SAID = "{{ disclaimer }} {{ postal_address }} {{ unsubscribe_url }}"  # a text part without the phrase
RULE = rule_from_json({"phrases": ["Fight like hell"]})


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_phrase_is_found_however_it_is_disguised(ada: Tenant, mail: Mail, disguise: str):
    version = mail(f"<p>We {DISGUISES[disguise]} today</p>", text=NOTHING_SAID)
    facts = content_facts(ada.account_id, version)
    assert matches(RULE, facts).matched


@pytest.mark.parametrize(
    "content", ["<p>fight</p><p>hard like hell</p>", "<p>fights like hello</p>", "<p>afight like hell</p>"]
)
def test_other_words_are_not_the_phrase(ada: Tenant, mail: Mail, content: str):
    assert not matches(RULE, content_facts(ada.account_id, mail(content))).matched


def test_what_no_reader_sees_is_not_text(ada: Tenant, mail: Mail):
    version = mail("<p>Hello</p><!-- fight like hell --><style>/* fight like hell */</style>")
    assert not matches(RULE, content_facts(ada.account_id, version)).matched


PLACES = {
    "subject": {"subject": "Fight like hell"},
    "preheader": {"preheader": "Fight like hell"},
    "html": {
        "content": "<p>Fight like hell</p>",
        "text": "{{ disclaimer }} {{ postal_address }} {{ unsubscribe_url }}",
    },
    "text": {"text": f"Fight like hell {NOTHING_SAID}"},
}


@pytest.mark.parametrize("place", PLACES)
def test_a_phrase_is_quoted_with_its_place(ada: Tenant, mail: Mail, place: str):
    match = matches(RULE, content_facts(ada.account_id, mail(**PLACES[place])))
    assert place in {where for where, _quote in match.spans}
    assert all("Fight like hell" in quote for _where, quote in match.spans)
    assert match.because == ("phrase:fight like hell",)


def test_plain_facts_are_those_of_the_version(ada: Tenant, mail: Mail):
    version_id = mail(
        '<p>Help &amp; GIVE <a href="https://Give.Example:443/now" data-donation>now</a>'
        ' <a href="https://lake.example/a">read</a></p>',
        subject="Straße  frei",
        preheader="Soon\u200b",
        language="de",
    )
    version = content_version(ada.account_id, version_id)
    facts = content_facts(ada.account_id, version_id)
    assert (facts.content_hash, facts.organisation_id, facts.account_id) == (
        version.hash, version.organisation_id, ada.account_id,
    )  # fmt: skip
    assert (facts.language, facts.subject, facts.preheader) == ("de", "Straße frei", "Soon")
    assert facts.asks_donation
    assert facts.link_hosts == {"give.example", "lake.example"}
    assert facts.donation_hosts == {"give.example"}
    assert facts.text.startswith("strasse frei soon help give now read")
    assert facts == content_facts(ada.account_id, version_id)


def test_another_accounts_version_has_no_facts(ada: Tenant, mail: Mail):
    with pytest.raises(NotFound):
        content_facts(make_account(owner="Mallory").account_id, mail())


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Give.Example/x", "give.example"),
        ("https://give.example.:8443/x", "give.example"),
        ("https://user:secret@give.example/", "give.example"),
        ("https://good.example\\@evil.example/", "good.example"),
        ("https://evil.example\\.good.example/", "evil.example"),
        ("//give.example/x", "give.example"),
        ("ht\ntps://give.exam\tple/x", "give.example"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://ＧＩＶＥ.example/", "give.example"),
        ("https://{{ city }}.give.example/{{ x }}", "give.example"),
        ("https://{{ city }}-give.example/", "example"),
        ("https://give.{{ tld }}/", None),
        ("{{ url }}", None),
        ("mailto:ada@give.example", None),
        ("/relative", None),
        ("https://[::1", None),
        ("javascript://give.example/", None),
    ],
)
def test_a_host_is_the_one_that_a_browser_would_open(url: str, host: str | None):
    assert host_of(url) == host
