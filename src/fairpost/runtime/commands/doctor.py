"""`fairpost doctor`: says what is wrong with this installation and how to mend it."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.kernel.states import state_in_words
from fairpost.runtime.configure import load_configuration
from fairpost.runtime.doctor import examine

COLOURS = {"ok": "green", "warning": "yellow", "error": "red"}


@click.command(name="doctor")
@json_option
def command(as_json: bool) -> None:
    """Check everything that Fairpost stands on; exit 1 where there is an error."""
    findings = list(examine(load_configuration()))
    if as_json:
        emit(findings, as_json)
    else:
        for finding in findings:
            level = click.style(f"{state_in_words(finding.level):<8}", fg=COLOURS[finding.level])
            click.echo(f"{level} {finding.check:<17} {finding.says}")
            if finding.mend:
                click.echo(f"{'':<26} -> {finding.mend}")
    if any(finding.level == "error" for finding in findings):
        raise click.exceptions.Exit(1)
