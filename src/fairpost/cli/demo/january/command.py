"""`fairpost demo january-2021`: the whole case, step by step, each step held against what the sink received."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import click
from django.conf import settings

from fairpost.cli.demo.january.act import Play
from fairpost.cli.demo.january.cast import make_cast
from fairpost.cli.demo.january.history import send_history
from fairpost.cli.demo.january.postfix import running, why_not
from fairpost.cli.demo.january.replay import post
from fairpost.cli.session import accounts_of
from fairpost.kernel.text import _
from fairpost.tenants.actors import local_operator


@click.command("january-2021")
@click.option("--campaigns", default=569, show_default=True, type=click.IntRange(1), help="Campaigns of the history.")
@click.option("--readers", default=3000, show_default=True, type=click.IntRange(100), help="Contacts of each account.")
def command(campaigns: int, readers: int) -> None:
    """Replay January 2021 with invented names: restrict a joint sender, tell everybody, appeal, let it lapse."""
    operator = local_operator()
    number = 1 + sum(slug.startswith("committee-") for _id, slug, _name in accounts_of(operator))
    folder = Path(settings.FAIRPOST.data_dir).absolute() / "replays" / str(number)
    began = time.monotonic()
    with ExitStack() as stack:
        sink = stack.enter_context(post(folder))
        reason = why_not()
        postfix = None if reason else stack.enter_context(running())
        if reason:
            click.echo(_("Without a relay's queue to reach into, because {reason}.").format(reason=reason))
        play = Play(sink, postfix, folder, readers)
        play.begin(lambda: make_cast(operator, number), operator, number)
        send_history(play, campaigns)
        play.run()
    click.echo(_("\nThe whole replay took {seconds:.0f} s.").format(seconds=time.monotonic() - began))
