"""`fairpost bench NAME`: measures this installation's code against ceilings of the same machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

import fairpost
from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _

BENCHES = {
    "send": "Whole pipeline at full speed, counted at the sink.",
    "import": "CSV import over a bare COPY and INSERT.",
    "plan": "Freezing and batching an audience of millions.",
    "stop": "How fast a pause is true, and whether anything slips by.",
    "crash": "kill -9 of sender, fold and PostgreSQL: lost, doubled, named.",
    "enforce": "A measure put into force at full speed: how fast it is true.",
    "gate": "What the check before each message costs.",
    "effective": "One question to everything in force.",
    "notices": "From activation to the hand-over of every notice.",
    "segment": "Counting a segment over what 20 M contacts did.",
    "fold": "Opens and clicks from spool to rows, sets and counts, over a bare COPY.",
    "report": "A campaign's report at 20 M recipients and 5 M events.",
    "storage": "What a message and an event cost on disk, in the end.",
    "edge": "Clicks a second with a durable spool; what an outage and a kill lose.",
    "memory": "A sender's memory at 1 M and 5 M recipients.",
}
SCRIPTS = {"import": "import_contacts"}


class Bench(click.Group):
    """One subcommand for each bench; what follows its name goes to the bench as it is."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(BENCHES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in BENCHES:
            return None

        @click.pass_context
        def run(context: click.Context) -> None:
            context.exit(run_bench(cmd_name, context.args))

        return click.Command(
            cmd_name,
            callback=run,
            help=_(BENCHES[cmd_name]),
            add_help_option=False,
            context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        )


def run_bench(name: str, arguments: list[str]) -> int:
    """Runs benchmarks/NAME.py of the source tree and returns its exit code: 1 where a figure does not hold."""
    root = Path(fairpost.__file__).resolve().parents[2]
    script = SCRIPTS.get(name, name)
    if not (root / "benchmarks" / f"{script}.py").exists():
        raise Unavailable(
            _("The benchmarks are not here."), hint=_("They come with the source tree; run this from a checkout.")
        )
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run([sys.executable, "-m", f"benchmarks.{script}", *arguments], env=environment).returncode


command = Bench("bench", help="Measure against this machine's ceilings; one JSON object a figure.")
