"""A mail may name any address of a stylesheet, font, include or image: making it asks none of them."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from tests.builders.content import build, codes, mjml, page


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server on loopback that would notice any connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


def address(listener: socket.socket, path: str) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/{path}"


def connections(listener: socket.socket) -> int:
    try:
        listener.accept()[0].close()
    except TimeoutError:
        return 0
    return 1


def test_the_listener_notices_a_request(listener: socket.socket):
    with socket.create_connection(listener.getsockname()):
        assert connections(listener) == 1


@pytest.mark.parametrize(
    "content",
    [
        '<link rel="stylesheet" href="{0}">',
        "<style>@import url({0});</style>",
        "<style>@font-face {{ font-family: x; src: url({0}) }}</style>",
        '<p style="background: url({0})">x</p>',
        '<img alt="x" src="{0}">',
        '<!--[if mso]><link rel="stylesheet" href="{0}"><![endif]-->',
    ],
)
def test_no_address_in_html_is_fetched(listener: socket.socket, content: str):
    build(html=page(content.format(address(listener, "x"))))
    assert connections(listener) == 0


@pytest.mark.parametrize(
    ("head", "content"),
    [
        ('<mj-font name="x" href="{0}" />', '<mj-text font-family="x">x</mj-text>'),
        ("<mj-style>@import url({0});</mj-style>", ""),
        ('<mj-style inline="inline">@import url({0});</mj-style>', ""),
        ("", '<mj-include path="{0}" />'),
        ("", '<mj-include path="{0}" type="css" />'),
        ("", '<mj-raw><link rel="stylesheet" href="{0}"></mj-raw>'),
        ("", '<mj-image alt="x" src="{0}" />'),
    ],
)
def test_no_address_in_mjml_is_fetched(listener: socket.socket, head: str, content: str):
    url = address(listener, "x")
    built = build(mjml=mjml(content.format(url), head=head.format(url)))
    assert connections(listener) == 0
    if built.document:
        assert "<link" not in built.document.html
        assert "@import" not in built.document.html


def test_no_file_is_read(tmp_path):
    secret = tmp_path / "secret.mjml"
    secret.write_text("<mj-text>secret of the lake</mj-text>")
    for path in (str(secret), f"file://{secret}", "../" * 12 + str(secret)):
        built = build(mjml=mjml(f'<mj-include path="{path}" />'))
        assert codes(built) == ["mjml-include"]
    assert build(html=page(f'<link rel="stylesheet" href="file://{secret}">')).document is None


def test_web_font_is_left_out_with_a_warning():
    head = '<mj-font name="Lake" href="https://fonts.example/lake.css" />'
    built = build(mjml=mjml('<mj-text font-family="Lake, Arial">x</mj-text>', head=head))
    assert codes(built) == ["remote-font"]
    assert "fonts.example" not in built.document.html
    built = build(html=page("<style>@font-face { src: url(https://fonts.example/x) } p { color: red }</style>"))
    assert codes(built) == ["remote-font"]
    assert "fonts.example" not in built.document.html


def test_default_font_of_mjml_brings_no_web_font():
    assert "fonts.googleapis" not in build(mjml=mjml()).document.html
