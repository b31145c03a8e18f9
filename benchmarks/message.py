"""Prints how fast messages are made and signed, one JSON object per figure, each with its ceiling of the same run.

    python benchmarks/message.py [--seconds 1.0] [--size 30000]

The message has ten tracked links, a personalised greeting, subject and text, and `--size` octets of HTML. Ceilings:
for unsigned messages the wanted rate, for signed ones the rate of bare RSA-2048 signatures of the same library (two
for a message signed twice). What a body's hash alone leaves of that rate is printed too: nothing signed gets above it.
Measured alternately, several rounds, best of each, in processor time: other processes do not count.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fairpost.engine.mime.compiled import compile_message
from fairpost.engine.ports import CompiledMessage, Dispatch, Document, Link, Recipient
from fairpost.engine.signing.dkim import Signer
from fairpost.engine.signing.keyring import KeyRing
from fairpost.engine.signing.tokens import TokenIssuer

AT = 1_609_934_400.0
NAMES = ["Ada", "Ben", "Chiara", "Dmitri", "Élodie", "Farid", "Grace", "Hùng", "Ines", "João"]
WANTED_UNSIGNED = 25_000
WANTED_SIGNED = 0.93


def document(size: int) -> Document:
    """About `size` octets of HTML with ten links, of which two ask for donations."""
    links = [Link(f"https://campaign.example/page/{n}?utm_source=mail", donation=n < 2) for n in range(10)]
    rows = [
        f'<tr><td style="padding:12px 24px;font-family:Arial,sans-serif;font-size:16px">Paragraph {n}. '
        f'{{filler}}<a href="{{{{ _link_{n} }}}}" style="color:#0a4">Read more</a></td></tr>\n'
        for n in range(10)
    ]
    shell = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>News</title></head><body>\n'
        '<p>Dear {{ first_name | default: "friend" }} from {{ city }},</p>\n<table>\n{rows}</table>\n'
        '<p><a href="{{ unsubscribe_url }}">Unsubscribe</a> or <a href="{{ view_url }}">read online</a>. '
        "Sent to {{ email }}.</p></body></html>\n"
    )
    sentence = "Together we keep the lights on for everyone who counts on us this winter. "
    bare = len(shell) + sum(map(len, rows))
    filler = (sentence * (max(0, size - bare) // 10 // len(sentence) + 1))[: max(0, size - bare) // 10]
    html = shell.replace("{rows}", "".join(row.replace("{filler}", filler) for row in rows))
    text = 'Dear {{ first_name | default: "friend" }},\n\nGive: {{ _link_0 }}\n\n{{ unsubscribe_url }}\n'
    return Document("{{ first_name }}, one day left", html, text, links)


def message(size: int, signers: list[Signer]) -> CompiledMessage:
    with tempfile.TemporaryDirectory() as folder:
        issuer = TokenIssuer(KeyRing.open(Path(folder) / "keyring.json", create=True))
    dispatch = Dispatch(
        account_id=1,
        campaign_id=2,
        from_name="Joint Committee",
        from_address="news@campaign.example",
        return_path_domain="bounces.platform.example",
        platform_host="platform.example",
        platform_url="https://platform.example",
        feedback_id="2:1:campaign:fairpost",
    )
    return compile_message(document(size), dispatch, issuer, signers)


def recipients() -> Iterator[Recipient]:
    ordinal = 0
    while True:
        ordinal += 1
        address = f"person{ordinal}@example.net"
        attributes = {"first_name": NAMES[ordinal % len(NAMES)], "city": f"Town {ordinal % 5000}", "n": ordinal}
        yield Recipient(ordinal, address, address, attributes)


def rate(work: Callable[[], object], seconds: float) -> float:
    """Calls per second of processor time."""
    begun = time.process_time()
    calls = 0
    while time.process_time() - begun < seconds:
        for _each in range(50):
            work()
        calls += 50
    return calls / (time.process_time() - begun)


def filling(compiled: CompiledMessage) -> Callable[[], object]:
    # Recipients are made beforehand: the database makes them in the product.
    people = recipients()
    held = [next(people) for _each in range(20_000)]
    state = iter(held)

    def work() -> object:
        nonlocal state
        person = next(state, None)
        if person is None:
            state = iter(held)
            person = next(state)
        return compiled.fill(person, AT)

    return work


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.5, help="processor time of each measurement")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=30_000, help="octets of HTML")
    options = parser.parse_args()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    first, second = Signer("campaign.example", "s1", pem), Signer("platform.example", "p1", pem)
    data = b"x" * 900
    body = message(options.size, []).fill(next(recipients()), AT).content
    works = {
        "rsa": lambda: key.sign(data, padding.PKCS1v15(), SHA256()),
        "hash and signature only": lambda: (sha256(body).digest(), key.sign(data, padding.PKCS1v15(), SHA256())),
        "unsigned": filling(message(options.size, [])),
        "signed": filling(message(options.size, [first])),
        "signed twice": filling(message(options.size, [first, second])),
    }
    best = dict.fromkeys(works, 0.0)
    for _each in range(options.rounds):
        for name, work in works.items():
            best[name] = max(best[name], rate(work, options.seconds))
    figures = [
        ("hash and signature only", best["rsa"], 0.0),
        ("unsigned", WANTED_UNSIGNED, 1.0),
        ("signed", best["rsa"], WANTED_SIGNED),
        ("signed twice", best["rsa"] / 2, WANTED_SIGNED),
    ]
    for name, ceiling, must_reach in figures:
        ratio = best[name] / ceiling
        figure = {
            "name": f"message {name} {options.size}",
            "value": round(best[name]),
            "unit": "messages/s",
            "ceiling": round(ceiling),
            "ratio": round(ratio, 3),
            "must_reach": must_reach,
            "holds": ratio >= must_reach,
        }
        print(json.dumps(figure))


if __name__ == "__main__":
    main()
