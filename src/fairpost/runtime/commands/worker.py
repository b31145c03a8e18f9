"""`fairpost worker`: runs the periodic jobs; any number of workers may run, each job in one of them."""

from __future__ import annotations

import signal
import threading

import click
from django.conf import settings

from fairpost.cli.output import emit, json_option
from fairpost.runtime.configure import load_configuration
from fairpost.runtime.jobs import JOBS
from fairpost.runtime.logs import configure_logging
from fairpost.runtime.worker import Worker


@click.command(name="worker")
@click.option("--list", "only_list", is_flag=True, help="List the jobs and end.")
@json_option
def command(only_list: bool, as_json: bool) -> None:
    """Run the periodic jobs until SIGTERM or Ctrl-C; a job that is running is finished first."""
    jobs = [job for job in JOBS if job.exists()]
    if only_list:
        emit(jobs, as_json)
        return
    configure_logging(load_configuration().log_level)
    worker = Worker(jobs, settings.DATABASE_URL)
    end = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: end.set())
    worker.start()
    end.wait()
    if not worker.stop():
        raise click.exceptions.Exit(1)
