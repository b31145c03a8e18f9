"""The content classes that come with Fairpost, one file each, as an example to start from."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def starter_classes() -> list[dict[str, Any]]:
    """`name`, `rule` and `texts` of each, by name."""
    found = (each for each in files(__package__).iterdir() if each.name.endswith(".json"))
    return [json.loads(each.read_text(encoding="utf-8")) for each in sorted(found, key=lambda each: each.name)]
