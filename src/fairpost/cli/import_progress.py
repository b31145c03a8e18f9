"""Shows how far an import is: a bar with rate and remaining time on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from fairpost.contacts.imports.run import Progress as ImportProgress
from fairpost.contacts.imports.run import Watch
from fairpost.kernel.text import _

LINE_EVERY = 5.0  # seconds between plain lines


@contextmanager
def shown_progress() -> Iterator[Watch]:
    """A callback for the import; on standard error, so that `--json` stays whole."""
    if sys.stderr.isatty():
        with bar() as watch:
            yield watch
    else:
        yield Lines().watch


@contextmanager
def bar() -> Iterator[Watch]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(_("reading"), total=None, rate="")
        pace = Pace()

        def watch(now: ImportProgress) -> None:
            what = _("merging") if now.merging else _("reading")
            progress.update(task, description=what, completed=now.done, total=now.size, rate=pace.words(now))

        yield watch


class Pace:
    """Rows a second since the first report."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.first: int | None = None

    def rate(self, now: ImportProgress) -> float:
        rows = now.staged + now.rejected
        if self.first is None:
            self.first = 0 if rows <= 20_000 else rows
        return (rows - self.first) / max(time.monotonic() - self.began, 0.001)

    def words(self, now: ImportProgress) -> str:
        return _("{rate:,.0f} rows/s, {rejected} rejected").format(rate=self.rate(now), rejected=now.rejected)


class Lines:
    """A line every few seconds."""

    def __init__(self) -> None:
        self.pace = Pace()
        self.said = time.monotonic()

    def watch(self, now: ImportProgress) -> None:
        if not now.merging and time.monotonic() - self.said < LINE_EVERY:
            self.pace.rate(now)
            return
        self.said = time.monotonic()
        if now.merging:
            click.echo(_("merging {rows} rows").format(rows=now.staged), err=True)
            return
        percent = 100 * now.done // max(1, now.size)
        elapsed = time.monotonic() - self.pace.began
        remaining = elapsed * (now.size - now.done) / max(1, now.done)
        text = _("{percent} %, {words}, about {remaining:.0f} s remaining")
        click.echo(text.format(percent=percent, words=self.pace.words(now), remaining=remaining), err=True)
