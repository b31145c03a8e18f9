"""A filled message says to other people's software what its author wrote, to whom, from whom and how to leave."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.engine.mime.workshop import (
    AT,
    DISPATCH,
    assert_sound,
    document,
    filled,
    issuer,
    parsed,
    part,
    recipient,
    signers,
)

from fairpost.engine.mime.compiled import compile_message
from fairpost.engine.ports import Link
from fairpost.kernel.errors import Invalid

TREES = ["", "{% if true %}{% endif %}", "{% assign t = 1 %}"]
NOW = datetime.fromtimestamp(AT, UTC)


def test_the_headers_say_who_what_when_and_how_to_leave():
    mail = filled(document(subject="Hello {{ first_name }}"), recipient(first_name="Ben"))
    assert_sound(mail)
    message = parsed(mail)
    assert message["From"] == "Ada Lovelace <ada@campaign.example>"
    assert (message["To"], message["Subject"]) == ("ben@example.net", "Hello Ben")
    assert message["Date"].datetime == NOW
    assert message["Reply-To"] == "office@campaign.example"
    assert message["Feedback-ID"] == "12:3:campaign:fairpost"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Precedence"] is None
    assert message.get_content_type() == "multipart/alternative"
    assert [each.get_content_type() for each in message.iter_parts()] == ["text/plain", "text/html"]


def test_tokens_in_message_id_return_path_and_unsubscribe_lead_back():
    mail = filled(document(), recipient(ordinal=99))
    message = parsed(mail)
    token = re.fullmatch(r"<([a-z2-7]{48})@platform\.example>", message["Message-ID"])[1]
    claims = issuer().read("mail", token, NOW)
    assert (claims.account_id, claims.campaign_id, claims.ordinal, claims.test) == (3, 12, 99, False)
    local, _at, domain = mail.sender.decode().partition("@")
    assert domain == "bounces.platform.example"
    assert issuer().read_address(local, NOW) == claims
    assert mail.recipient == b"ben@example.net"
    web, by_mail = re.fullmatch(
        r"<https://platform\.example/u/(\w+)>,\s*<mailto:(\S+)@bounces\.platform\.example\?subject=unsubscribe>",
        message["List-Unsubscribe"],
    ).groups()
    assert issuer().read("unsubscribe", web, NOW).ordinal == 99
    assert issuer().read_address(by_mail, NOW).ordinal == 99


LINKS = [
    "https://a.example/?x=1&y=2",
    "https://b.example/{{ city }}",
    Link("https://give.example/?a=1#top", donation=True),
]
LINKED = document(
    html='<a href="{{ _link_0 }}">0</a> <a href="{{ _link_1 }}">1</a> <a href="{{ _link_2 }}">2</a>'
    ' <a href="{{ unsubscribe_url }}">u</a> <a href="{{ view_url }}">v</a></body>',
    text="0 {{ _link_0 }}\n1 {{ _link_1 }}\n2 {{ _link_2 }}\nu {{ unsubscribe_url }}\nv {{ view_url }}\n",
    links=LINKS,
)


def test_reserved_variables_within_blocks_have_their_values():
    content = document(
        "{% if email contains 'ben' %}<a href=\"{{ _link_0 }}\">x</a> {{ view_url }}{% endif %}</body>",
        "{% if true %}{{ _link_0 }} {{ donation_reference }} {{ email }}{% endif %}\n",
        links=["https://a.example/"],
    )
    mail = filled(content)
    assert_sound(mail)
    assert re.search(
        r'"https://platform\.example/c/0/([\w-]{43})">x</a> https://platform\.example/v/\1<img', part(mail, "html")
    )
    assert re.fullmatch(r"https://a\.example/ \w{16} ben@example\.net\n?", part(mail, "plain"))


@pytest.mark.parametrize("n", [0, 1])
def test_the_sides_of_a_condition_do_not_mix(n):
    side = "<p>{}</p>\n" * 200
    content = document(
        "{% if n == 0 %}" + side.format(*["zero"] * 200) + "{% else %}" + side.format(*["one"] * 200) + "{% endif %}"
    )
    message = compile_message(content, DISPATCH, issuer(), signers())
    for _each in range(3):
        for value in (n, 1 - n):
            mail = message.fill(recipient(n=value), AT)
            assert_sound(mail)
            assert part(mail, "html").count("<p>zero</p>") == (200 if value == 0 else 0)


@pytest.mark.parametrize("tree", [*TREES, "{% assign u = unsubscribe_url %}"])
def test_links_count_in_html_and_are_direct_in_text(tree):
    content = document(tree + LINKED.html, tree + LINKED.text, links=LINKS)
    mail = filled(content, recipient(ordinal=5, city="Zürich & co"))
    assert_sound(mail)
    html, text = part(mail, "html"), part(mail, "plain")
    first, second, third, leave, view = re.findall(r'href="(.*?)"', html)
    track = re.fullmatch(r"https://platform\.example/c/0/([\w-]+)", first)[1]
    claims = issuer().read("track", track, NOW)
    assert (claims.campaign_id, claims.ordinal) == (12, 5)
    assert second == "https://b.example/Z%C3%BCrich%20%26%20co"
    assert third == f"https://platform.example/c/2/{track}"
    assert leave.startswith("https://platform.example/u/")
    assert view == f"https://platform.example/v/{track}"
    assert f'<img src="https://platform.example/o/{track}.gif"' in html
    assert html.index("<img") < html.index("</body>")
    lines = dict(line.split(" ", 1) for line in text.strip().split("\n"))
    assert lines["0"] == "https://a.example/?x=1&y=2"
    assert lines["1"] == second
    code = re.fullmatch(r"https://give\.example/\?a=1&reference=(\w{16})#top", lines["2"])[1]
    assert issuer().read_donation(code, 3).ordinal == 5
    assert lines["u"] == leave


@pytest.mark.parametrize("tree", TREES)
def test_without_tracking_links_are_direct_and_nothing_is_counted(tree):
    mail = filled(document(tree + LINKED.html, LINKED.text, links=LINKS), recipient(city="Bern"), tracking=False)
    assert_sound(mail)
    html = part(mail, "html")
    hrefs = re.findall(r'href="(.*?)"', html)
    assert hrefs[:2] == ["https://a.example/?x=1&amp;y=2", "https://b.example/Bern"]
    assert "reference=" in hrefs[2]
    assert "<img" not in html
    assert "/c/" not in html


@pytest.mark.parametrize("tree", TREES)
def test_who_is_not_to_be_followed_gets_the_mail_of_a_campaign_without_tracking(tree):
    content = document(tree + LINKED.html, LINKED.text, links=LINKS)
    message = compile_message(content, DISPATCH, issuer(), signers())
    ada = recipient(city="Bern")
    followed = message.fill(ada, AT).content
    left_alone = message.fill(replace(ada, tracked=False), AT).content
    assert left_alone == filled(content, ada, tracking=False).content
    assert followed == message.fill(ada, AT).content != left_alone


@pytest.mark.parametrize("tree", TREES)
def test_the_preference_centre_is_under_the_unsubscribe_token_and_of_the_platform(tree):
    content = document(tree + '<a href="{{ preferences_url }}">p</a></body>', "{{ preferences_url }}\n")
    mail = filled(content, recipient(preferences_url="https://evil.example"), link_url="https://links.campaign.example")
    [url] = re.findall(r'href="(.*?)"', part(mail, "html"))
    assert part(mail, "plain").strip() == url
    assert parsed(mail)["List-Unsubscribe"].startswith(f"<{url.replace('/p/', '/u/')}>")


def test_a_customer_s_own_link_domain_has_the_clicks_and_never_the_way_out():
    content = document(
        '<a href="{{ _link_0 }}">x</a><a href="{{ unsubscribe_url }}">u</a><a href="{{ view_url }}">v</a></body>',
        links=["https://a.example/"],
    )
    mail = parsed(filled(content, link_url="https://links.campaign.example"))
    html = mail.get_body(("html",)).get_content()
    assert "https://links.campaign.example/c/0/" in html and "https://links.campaign.example/o/" in html
    assert "https://platform.example/u/" in html and "https://platform.example/v/" in html
    assert mail["List-Unsubscribe"].startswith("<https://platform.example/u/")


def test_a_donation_link_with_its_own_reference_gets_no_second_one():
    own = Link("https://give.example/?ref={{ donation_reference }}", donation=True)
    text = part(filled(document(text="{{ _link_0 }}\n", links=[own])), "plain")
    assert re.fullmatch(r"https://give\.example/\?ref=\w{16}\n?", text)


def test_reserved_variables_cannot_be_replaced_by_attributes():
    sly = {"unsubscribe_url": "https://evil.example", "donation_reference": "X", "_link_0": "https://evil.example"}
    for tree in TREES:
        content = document(
            html=tree + "{{ unsubscribe_url }} {{ donation_reference }} {{ _link_0 }} {{ email }}",
            text=tree + "{{ unsubscribe_url | append: '' }} {{ email | upcase }}",
            links=["https://a.example/"],
        )
        mail = filled(content, recipient(**sly, email="evil@example.com"))
        assert_sound(mail)
        assert "evil" not in part(mail, "html") + part(mail, "plain")


def test_filters_work_on_reserved_variables():
    content = document(text="{{ unsubscribe_url | append: '?lang=de' }}\n{{ donation_reference | downcase }}\n")
    text = part(filled(content), "plain")
    assert re.search(r"/u/[a-z2-7]{48}\?lang=de\n[0-9a-z]{16}\n?", text)


def test_a_test_mail_says_so_and_its_tokens_do_too():
    mail = filled(document(subject="Hello"), test=True)
    assert parsed(mail)["Subject"] == "[Test] Hello"
    token = parsed(mail)["Message-ID"][1:49]
    assert issuer().read("mail", token, NOW).test


PEOPLE = {
    "accents": {"first_name": "Élodie Žižková", "city": "Łódź"},
    "right to left": {"first_name": "محمد", "city": "תל אביב"},
    "emoji": {"first_name": "👩🏽‍🚀 Ada", "city": "🎉" * 40},
    "long line": {"first_name": "x" * 10_000, "city": "é" * 10_000},
    "markup": {"first_name": "<script>alert(1)</script>", "city": "a\"b'c&d"},
    "spaces": {"first_name": "  a   b\t\tc  ", "city": " "},
    "dots": {"first_name": ".", "city": "\n.\n..\nFrom x\n"},
    "nothing": {},
    "numbers": {"first_name": 7, "city": True},
    "null": {"first_name": None, "city": None},
}


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("who", PEOPLE)
def test_every_person_s_name_comes_out_right(who, tree):
    person = PEOPLE[who]
    plain = {key: "true" if value is True else "" if value is None else str(value) for key, value in person.items()}
    source = "Dear {{ first_name }},\nhow is {{ city }}?\n"
    content = document(f"<p>{tree}{source}</p>\n", tree + source, subject="{{ first_name }} in {{ city }}")
    mail = filled(content, recipient(**person))
    assert_sound(mail)
    expected = f"Dear {plain.get('first_name', '')},\nhow is {plain.get('city', '')}?\n"
    assert part(mail, "plain").rstrip("\n") == expected.rstrip("\n")
    if who not in ("markup",):
        assert expected in part(mail, "html")
    else:
        assert "<script>" not in part(mail, "html")
    subject = re.sub(r"[\0- ]+", " ", f"{plain.get('first_name', '')} in {plain.get('city', '')}").strip()
    assert parsed(mail)["Subject"] == subject


def test_long_lines_of_an_author_come_out_right():
    line = "word " * 3_000
    mail = filled(document(f"<p>{line}</p>", line + "\n"))
    assert_sound(mail)
    assert part(mail, "plain").rstrip("\n") == line


def test_international_domains_become_labels():
    mail = filled(document(), recipient("ben@bücher.example"), from_address="ada@пример.example")
    assert_sound(mail)
    assert mail.recipient == b"ben@xn--bcher-kva.example"
    assert not mail.smtputf8
    assert parsed(mail)["From"].addresses[0].domain == "xn--e1afmkfd.example"


def test_an_international_address_asks_for_smtputf8_and_stands_in_the_header():
    mail = filled(document(), recipient("用户@example.net"))
    assert mail.smtputf8
    assert mail.recipient == "用户@example.net".encode()
    assert "\r\nTo: 用户@example.net\r\n".encode() in mail.content


@pytest.mark.parametrize("name", ["Zoë & Co., „Büro“", 'A "B" \\ C, Inc.', "Ada", "", "a@b <c>", "=?utf-8?q?x?="])
def test_the_sender_s_name_is_encoded_or_quoted(name):
    sender = parsed(filled(document(), from_name=name))["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == (name, "ada@campaign.example")


def test_a_repeat_is_the_same_mail_but_for_its_date():
    message = compile_message(LINKED, DISPATCH, issuer(), [])
    again = compile_message(LINKED, DISPATCH, issuer(), [])
    person = recipient(city="Bern")
    assert message.fill(person, AT).content == again.fill(person, AT).content
    later = message.fill(person, AT + 3600).content
    differing = set(message.fill(person, AT).content.split(b"\r\n")) ^ set(later.split(b"\r\n"))
    assert all(line.startswith(b"Date: ") for line in differing)


def test_mails_of_one_message_do_not_leak_into_each_other():
    content = document("<p>{{ a }}{{ b | default: 'none' }}</p>", "{{ a }} {{ b }}\n", "{{ a }}")
    message = compile_message(content, DISPATCH, issuer(), signers())
    for n in range(50):
        mail = message.fill(recipient(f"p{n}@example.net", n, a=f"name{n % 7}", **({"b": n} if n % 2 else {})), AT + n)
        assert_sound(mail)
        assert f"<p>name{n % 7}{n if n % 2 else 'none'}</p>" in part(mail, "html")
        assert parsed(mail)["To"] == f"p{n}@example.net"


def test_remembered_values_are_bounded():
    message = compile_message(document("{{ a }}"), DISPATCH, issuer(), [])
    for n in range(10_000):
        message.fill(recipient(ordinal=n, a=f"value {n}"), AT)
    assert "value 3</p>" not in message.fill(recipient(a="value 9"), AT).content.decode()


def test_a_campaign_s_own_headers_are_added_but_none_of_ours_replaced():
    mail = filled(document(), headers={"X-Campaign": "Größe", "List-Id": "news <news.campaign.example>"})
    assert_sound(mail)
    assert parsed(mail)["X-Campaign"] == "Größe"
    for name in ("From", "bcc", "Received", "DKIM-Signature", "Content-Type", "Message-ID", "Sender"):
        with pytest.raises(Invalid, match="cannot set the header"):
            filled(document(), headers={name: "x"})


def test_content_that_names_a_missing_link_is_refused():
    with pytest.raises(Invalid, match="link 3"):
        filled(document("{{ _link_3 }}", links=["https://a.example/"]))


def test_a_mail_that_grows_beyond_all_bounds_is_refused():
    with pytest.raises(Invalid, match="10 MB"):
        filled(document("{{ a }}" * 100), recipient(a="é" * 50_000))


def test_a_document_without_text_has_only_html():
    mail = filled(document(text=""))
    assert_sound(mail)
    assert [each.get_content_type() for each in parsed(mail).iter_parts()] == ["text/html"]
