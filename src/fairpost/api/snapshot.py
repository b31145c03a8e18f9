"""Writes the OpenAPI document to docs/reference/openapi.json: `python -m fairpost.api.snapshot`."""

from __future__ import annotations

import json
from pathlib import Path

PLACE = Path("docs/reference/openapi.json")


def snapshot() -> str:
    """The document as it is committed: every change of the API is seen in a review."""
    from fairpost.api.application import document

    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairpost.runtime.settings")
    django.setup()
    PLACE.write_text(snapshot(), encoding="utf-8")


if __name__ == "__main__":
    main()
