"""Each web link becomes a numbered variable; what must not be tracked stays as it is."""

from __future__ import annotations

import pytest
from tests.builders.content import FOOTER, build, mjml, page

from fairpost.engine.ports import Link


def test_links_are_numbered_in_order_of_appearance():
    built = build(
        html=page(
            '<a href="https://a.example/">a</a><a href="https://b.example/">b</a><a href="https://a.example/">c</a>'
        )
    )
    assert built.document.links == tuple(Link(f"https://{host}.example/") for host in "aba")
    for number in range(3):
        assert f'href="{{{{ _link_{number} }}}}"' in built.document.html
    assert "a.example" not in built.document.html


@pytest.mark.parametrize(
    "href", ["mailto:ada@lake.example", "tel:+123", "sms:+123", "#top", "{{ unsubscribe_url }}", "{{view_url}}"]
)
def test_what_is_no_web_page_stays(href: str):
    built = build(html=page(f'<a href="{href}">x</a>'))
    assert built.document.links == ()
    assert f'href="{href}"' in built.document.html


def test_entities_are_decoded_and_liquid_is_kept():
    href = "https://a.example/?a=1&amp;b={{ city | upcase | default: 'x&amp;y' }}&ref={{ donation_reference }}"
    built = build(html=page(f'<a href="{href}">x</a>'))
    assert [each.url for each in built.document.links] == [
        "https://a.example/?a=1&b={{ city | upcase | default: 'x&amp;y' }}&ref={{ donation_reference }}"
    ]


@pytest.mark.parametrize(
    "content",
    [
        '<a href="https://give.example/" data-donation>x</a>',
        '<a data-donation="1" href="https://give.example/">x</a>',
    ],
)
def test_marked_link_is_a_donation_link(content: str):
    built = build(html=page(content))
    assert built.document.links == (Link("https://give.example/", donation=True),)
    assert built.asks_donation


@pytest.mark.parametrize(
    "content",
    [
        '<mj-button href="https://give.example/" data-donation>x</mj-button>',
        '<mj-button href="https://give.example/" data-donation="true">x</mj-button>',
        '<mj-image src="https://a.example/i.png" alt="Give" href="https://give.example/" data-donation="" />',
        '<mj-text><a href="https://give.example/" data-donation>x</a></mj-text>',
        '<mj-social><mj-social-element src="https://a.example/i.png" href="https://give.example/" data-donation="">x'
        "</mj-social-element></mj-social>",
    ],
)
def test_marked_mjml_element_gives_donation_links(content: str):
    built = build(mjml=mjml(content))
    assert {each.url for each in built.document.links} == {"https://give.example/"}
    assert all(each.donation for each in built.document.links)


def test_address_of_a_donation_platform_is_a_donation_link():
    built = build(
        html=page('<a href="https://GIVE.example/now">x</a><a href="https://other.example/">y</a>'),
        donation_prefixes=("https://give.example/",),
    )
    assert [each.donation for each in built.document.links] == [True, False]


def test_no_donation_link_means_no_ask():
    assert not build(html=page('<a href="https://other.example/">y</a>')).asks_donation


def test_button_for_outlook_shares_the_number_of_the_visible_link():
    button = (
        '<!--[if mso]><v:roundrect href="https://give.example/?a=1&amp;b=2"><w:anchorlock/>Give</v:roundrect>'
        '<![endif]--><!--[if !mso]><!--><a href="https://give.example/?a=1&amp;b=2" data-donation>Give</a>'
        "<!--<![endif]-->"
    )
    document = build(html=page(button)).document
    assert document.links == (Link("https://give.example/?a=1&b=2", donation=True),)
    assert document.html.count("{{ _link_0 }}") == 2
    assert "give.example" not in document.html


def test_addresses_in_own_text_are_tracked_too():
    footer = "{{ disclaimer }}\n{{ postal_address }}\nLeave: {{ unsubscribe_url }}"
    text = f"Read https://a.example/x?y=1, then https://c.example/{{{{ city }}}}.\n(https://a.example/)\n{footer}"
    document = build(html=page('<a href="https://a.example/x?y=1">x</a>'), text=text).document
    assert [each.url for each in document.links] == [
        "https://a.example/x?y=1",
        "https://c.example/{{ city }}",
        "https://a.example/",
    ]
    assert document.text.startswith("Read {{ _link_0 }}, then {{ _link_1 }}.\n({{ _link_2 }})\nPaid for by")


def test_text_that_looks_like_a_mask_is_left_alone():
    built = build(html=page("<p>lqaq0z lqaq1z <!--lqaq0z--> {{ first_name }}</p>"))
    assert "lqaq0z lqaq1z" in built.document.html
    assert "{{ first_name }}" in built.document.html


def test_footer_takes_the_place_of_its_variables():
    document = build(html=page(footer=FOOTER)).document
    assert "Paid for by Committee for the Lake.<br>1 Quay Street<br>Porttown<br>" in document.html
    assert "Paid for by Committee for the Lake.\n1 Quay Street\nPorttown\n" in document.text


def test_disclaimer_is_in_the_language_of_the_mail():
    assert "Financé par Committee for the Lake." in build(language="fr-CH").document.html
    assert "Paid for by Committee for the Lake." in build(language="xx").document.html
