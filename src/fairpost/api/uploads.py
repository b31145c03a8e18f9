"""Files that come by the API go to disk as they arrive, wait there for the worker, and are gone once they are used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

FOLDER = "uploads"


def upload_folder() -> Path:
    """Where uploads lie, readable by this user only: they hold people's addresses."""
    folder = Path(settings.FAIRPOST.data_dir).absolute() / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class ToDisk(FileUploadHandler):
    """Writes an upload into the folder of uploads, a chunk at a time; nothing of it is held in memory."""

    def new_file(self, *arguments: Any, **named: Any) -> None:
        super().new_file(*arguments, **named)
        self.target = NamedTemporaryFile(dir=upload_folder(), prefix="arriving-", suffix=".csv")  # noqa: SIM115

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.target.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.target.flush()
        self.target.seek(0)
        return UploadedFile(self.target, self.file_name, self.content_type, file_size, self.charset)

    def upload_interrupted(self) -> None:
        if hasattr(self, "target"):
            self.target.close()


@contextmanager
def kept_upload(file: UploadedFile) -> Iterator[Path]:
    """The path of an upload that outlives its request (a second name, no copy); taken back where the block raises."""
    path = upload_folder() / f"{uuid4().hex}.csv"
    os.link(file.file.name, path)
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise
