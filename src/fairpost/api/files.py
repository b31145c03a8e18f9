"""CSV in answers: written to a file without a name first, so that no export stands in memory."""

from __future__ import annotations

from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TextIO

from django.http import FileResponse

from fairpost.api.uploads import upload_folder

MEDIA_TYPE = "text/csv; charset=utf-8"
CSV: dict[str, Any] = {
    "description": "CSV in UTF-8.",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}


def written_csv(name: str, write: Callable[[TextIO], Any]) -> FileResponse:
    """What `write` writes, as a download; an error it raises is answered as one, before the first row left."""
    file = TemporaryFile(dir=upload_folder())  # noqa: SIM115
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    write(text)
    text.detach().seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=MEDIA_TYPE)


def stored_csv(name: str, path: Path) -> FileResponse:
    """A file that lies on disk, as a download."""
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=MEDIA_TYPE)
