"""Every value that the schema allows, with its label; read once from `values.json`.

Greece has two codes, and they are easily mixed up: as a territory it is GR (ISO 3166-1), Greek is EL (ISO 639-1).
"""

from __future__ import annotations

import json
from pathlib import Path

LABELS: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "values.json").read_text(encoding="utf-8"))
TERRITORIES = tuple(sorted(LABELS["territory"]))  # all 30 of the European Economic Area
LANGUAGES = frozenset(LABELS["language"])


def allowed(name: str) -> frozenset[str]:
    """The values of one list (`visibility`, `keyword`, `territory` ...); a KeyError where there is no such list."""
    return frozenset(LABELS[name])
