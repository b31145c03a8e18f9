"""`fairpost sink`: takes mail like a relay and keeps or counts it; nothing reaches a real person."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import sys
import time
from pathlib import Path

import click

from fairpost.cli.output import emit, json_option
from fairpost.engine.transport.behaviour import Behaviour
from fairpost.engine.transport.counting_sink import CountingStore
from fairpost.engine.transport.recording_sink import RecordingStore
from fairpost.engine.transport.sink import Sink
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


@click.command("sink")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=2525,
    show_default=True,
    help="Port to listen on; 0 lets the system choose.",
)
@click.option(
    "--record", type=click.Path(path_type=Path, file_okay=False), help="Folder to keep every message in."
)
@click.option("--count", is_flag=True, help="Only count messages per recipient: the fastest.")
@click.option(
    "--records", type=click.Path(path_type=Path), help="With --count: file for recipient, Message-ID, time."
)
@click.option(
    "--stats", "stats_file", type=click.Path(path_type=Path), help="File kept up to date with the figures."
)
@click.option("--behaviour", type=click.Path(path_type=Path), help="JSON file that says how to misbehave.")
@click.option(
    "--certificate", type=click.Path(path_type=Path), help="PEM file with key and certificate for STARTTLS."
)
@click.option("--tls", is_flag=True, help="With --certificate: TLS from the first byte instead of STARTTLS.")
@json_option
def command(
    host: str,
    port: int,
    record: Path | None,
    count: bool,
    records: Path | None,
    stats_file: Path | None,
    behaviour: Path | None,
    certificate: Path | None,
    tls: bool,
    as_json: bool,
) -> None:
    """Take mail over SMTP and keep it (--record DIR) or count it (--count). Nothing is ever delivered."""
    if bool(record) == count:
        raise Invalid(_("Say what to do with the mail: give either --record DIR or --count."))
    if records and not count:
        raise Invalid(_("--records goes with --count; --record keeps whole messages anyway."))
    if tls and not certificate:
        raise Invalid(_("--tls needs --certificate FILE."))
    manners = Behaviour.load(behaviour) if behaviour else Behaviour()
    tls_context = server_context(certificate) if certificate else None
    store = store_for(record, records)
    sink = Sink(store, host=host, port=port, behaviour=manners, tls=tls_context, implicit=tls)
    try:
        with asyncio.Runner(loop_factory=fastest_loop()) as runner:
            runner.run(serve(sink, store, stats_file, as_json))
    finally:
        store.close()
    summary = {"name": "sink", **store.stats(), **({"folder": str(record)} if record else {})}
    if stats_file:
        write_stats(stats_file, summary)
    emit(summary, as_json)


def store_for(record: Path | None, records: Path | None) -> RecordingStore | CountingStore:
    """Where the mail goes. Raises Invalid where that cannot be written."""
    try:
        return RecordingStore(record) if record else CountingStore(records)
    except OSError as error:
        sentence = _("The sink cannot write to {path}: {error}.")
        raise Invalid(sentence.format(path=record or records, error=error.strerror or error)) from error


async def serve(
    sink: Sink, store: RecordingStore | CountingStore, stats_file: Path | None, as_json: bool
) -> None:
    """Runs until SIGINT or SIGTERM; prints one line when it listens and one a second while mail comes in."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    port = await sink.start()
    if as_json:
        emit({"name": "sink", "listening": f"{sink.host}:{port}", "host": sink.host, "port": port}, True)
    else:
        click.echo(_("Listening on {host}:{port}; Ctrl-C ends it.").format(host=sink.host, port=port))
    sys.stdout.flush()
    before, since = 0, time.monotonic()
    while not ended.is_set():
        try:
            await asyncio.wait_for(ended.wait(), 1.0)
        except TimeoutError:
            store.flush()
            now = time.monotonic()
            rate = (store.messages - before) / (now - since)
            if stats_file and (store.messages != before or not stats_file.exists()):
                write_stats(stats_file, {"name": "sink", **store.stats()})
            if store.messages != before and not as_json:
                click.echo(
                    _("{messages:,} messages, {rate:,.0f}/s").format(messages=store.messages, rate=rate)
                )
            before, since = store.messages, now
    sink.stop()


def write_stats(path: Path, figures: dict[str, object]) -> None:
    """Replaces the file in one step, so that a reader never sees half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(figures))
    beside.replace(path)


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate)
    except (OSError, ssl.SSLError) as error:
        sentence = _("{path} holds no certificate with its key: {error}.")
        raise Invalid(sentence.format(path=certificate, error=error)) from error
    return context


def fastest_loop() -> object:
    """uvloop's loop where it is installed, else the standard one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop
