"""No attribute, address, name or setting makes a second header, a second recipient or an end of message."""

from __future__ import annotations

import pytest
from tests.engine.mime.workshop import assert_sound, document, filled, parsed, recipient

from fairpost.kernel.errors import Invalid

ENDS = ["\r\n", "\n", "\r", "\r\n\r\n", "\r\n ", "\0", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1b", "\x7f"]
HEADERS = sorted(parsed(filled(document())).keys())


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", ["Ada", "Žofie"])
@pytest.mark.parametrize("tree", ["", "{% if true %}{% endif %}", "{% assign t = 1 %}"])
def test_an_attribute_in_the_subject_stays_in_the_subject(end, name, tree):
    content = document(subject=tree + "Hi {{ name }}!")
    mail = filled(content, recipient(name=f"{name}{end}Bcc: eve@example.com{end}X: {end}.{end}"))
    assert_sound(mail)
    assert sorted(parsed(mail).keys()) == HEADERS
    assert parsed(mail)["Subject"].startswith(f"Hi {name} Bcc: eve@example.com X:")


@pytest.mark.parametrize("end", ENDS)
def test_a_static_subject_stays_one_header(end):
    mail = filled(document(subject=f"Hi{end}Bcc: eve@example.com"))
    assert_sound(mail)
    assert sorted(parsed(mail).keys()) == HEADERS


@pytest.mark.parametrize("end", ENDS)
def test_an_attribute_in_the_body_ends_no_message_and_no_part(end):
    content = document("<p>{{ a }}</p>", "{{ a }}\n")
    smuggled = f"x{end}.{end}MAIL FROM:<eve@example.com>{end}--=_0{end}Content-Type: text/html{end}"
    mail = filled(content, recipient(a=smuggled))
    assert_sound(mail)
    assert len(list(parsed(mail).iter_parts())) == 2


@pytest.mark.parametrize("end", [*ENDS, " ", "\t", ",", ">", "<", ";"])
@pytest.mark.parametrize("form", ["ben{}@example.net", "ben@example.net{}", "{}ben@example.net", "ben@exam{}ple.net"])
@pytest.mark.parametrize("letters", ["", "é"])
def test_an_address_that_could_end_a_command_or_header_is_refused(end, form, letters):
    with pytest.raises(Invalid):
        filled(document(), recipient(letters + form.format(end)))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ben",
        "@example.net",
        "ben@",
        "a@b@example.net",
        "ben@example.net> SIZE=1",
        "ben@example.net\r\nRCPT TO:<eve@example.com>",
        '"a\r\nb"@example.net',
        '"a"b"@example.net',
        "b..n@example.net",
        ".ben@example.net",
        "ben.@example.net",
        "x" * 65 + "@example.net",
        "é" * 40 + "@example.net",
        "ben@" + "a." * 130 + "net",
        "ben@-example-.net",
        "ben@[127.0.0.1]",
        "b\u202een@example.net",
        "b\u200bn@example.net",
        "b\ud800n@example.net",
    ],
)
def test_what_is_no_address_is_refused_in_words_without_its_control_characters(address):
    with pytest.raises(Invalid) as error:
        filled(document(), recipient(address))
    assert error.value.message.isprintable()


def test_a_quoted_local_part_is_an_address():
    mail = filled(document(), recipient('"ben, the <first>"@example.net'))
    assert_sound(mail)
    assert parsed(mail)["To"].addresses[0].domain == "example.net"


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    "field",
    ["from_name", "from_address", "reply_to", "feedback_id", "platform_host", "platform_url", "return_path_domain"],
)
def test_a_setting_with_a_control_character_is_refused(end, field):
    with pytest.raises(Invalid):
        filled(document(), **{field: f"https://x{end}Bcc: eve@example.com"})


@pytest.mark.parametrize("end", ENDS)
def test_a_campaign_s_own_header_with_a_control_character_is_refused(end):
    with pytest.raises(Invalid):
        filled(document(), headers={"X-Own": f"a{end}Bcc: eve@example.com"})
    with pytest.raises(Invalid):
        filled(document(), headers={f"X-Own:{end}Bcc": "eve@example.com"})


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("tree", ["", "{% if true %}{% endif %}", "{% assign t = 1 %}"])
def test_an_attribute_in_a_link_stays_in_its_part_of_the_address(end, tree):
    content = document(
        '<a href="{{ _link_0 }}">x</a>', "{{ _link_0 }}\n", links=["https://a.example/?n={{ name }}" + tree + "&z=1"]
    )
    value = f'a{end}b"><script>&z=2#@evil.example/'
    mail = filled(content, recipient(name=value), tracking=False)
    assert_sound(mail)
    html = parsed(mail).get_body(("html",)).get_content()
    assert "<script>" not in html
    assert html.count("evil.example") == 1
    assert "&amp;z=1" in html
    assert "%26z%3D2%23%40evil.example%2F" in html


@pytest.mark.parametrize("value", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "java\nscript:x"])
def test_a_link_from_an_attribute_is_a_web_address_or_nothing(value):
    content = document('<a href="{{ _link_0 }}">x</a>', links=["{{ page }}"])
    html = parsed(filled(content, recipient(page=value))).get_body(("html",)).get_content()
    assert 'href=""' in html
