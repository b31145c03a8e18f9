"""Invented supporters, and the mistakes that real lists have."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

FIRST = (
    "Ada", "Ben", "Chiara", "Davide", "Élodie", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Karim", "Léa", "Mara",
    "Noor", "Olga", "Paolo", "Quentin", "Rosa", "Søren", "Tomás", "Uma", "Vera", "Wanda", "Yusuf", "Zoë",
)  # fmt: skip
LAST = (
    "Abebe", "Bianchi", "Costa", "Dubois", "Eriksen", "Ferrari", "García", "Hoffmann", "Ivanova", "Jansen", "Keller",
    "Lefèvre", "Moreau", "Novak", "O'Brien", "Petrov", "Quispe", "Rossi", "Santos", "Tanaka", "Ünal", "Vidal",
)  # fmt: skip
CITIES = (
    ("Lakeport", "AR"), ("Northmere", "AR"), ("Saint-Aubin-du-Lac", "FR"), ("Montelago", "IT"), ("Seehausen", "DE"),
)  # fmt: skip
HOSTS = ("post.example", "mail.example", "lakes.example", "brief.example", "kontor.example")
HEADER = ("Email", "First name", "Last name", "City", "Country", "Joined", "Last gift")

# (value in the Email column, what is wrong with it): one in each thousand rows has one of these.
MISTAKES = (
    "no-address-at-all", "two@@signs.example", "space in@local.example", "", "trailing.dot@example.", "@nobody.example",
    "line\nbreak@post.example", "bell\x07@post.example", "postmaster@post.example", "dots..twice@post.example",
)  # fmt: skip


def write_people(path: Path, count: int, seed: int = 1) -> int:
    """Writes a CSV file with `count` rows under a header; returns how many of them are bad on purpose."""
    chance = random.Random(seed)
    bad = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number, row in enumerate(rows(count, chance)):
            if number % 1000 == 500:
                row = (MISTAKES[bad % len(MISTAKES)], *row[1:])
                bad += 1
            writer.writerow(row)
    return bad


def rows(count: int, chance: random.Random) -> Iterator[tuple[str, ...]]:
    for number in range(1, count + 1):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        city, country = chance.choice(CITIES)
        joined = f"{chance.randint(2015, 2026)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        gift = str(chance.choice((5, 10, 20, 25, 50, 100))) if chance.random() < 0.6 else ""
        yield (f"supporter.{number}@{chance.choice(HOSTS)}", first, last, city, country, joined, gift)
