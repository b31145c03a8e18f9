"""The reference says exactly what the program has: settings, commands, options, packages."""

from __future__ import annotations

import re

from tests.architecture.tree import ROOT, SOURCE

from fairpost.runtime.reference import commands_page, every_command, settings_page
from fairpost.runtime.registry import COMMANDS


def test_every_setting_is_documented_and_nothing_else():
    assert (ROOT / "docs/reference/settings.md").read_text() == settings_page(), "run `make reference`"


def test_every_command_and_option_is_documented_and_nothing_else():
    assert (ROOT / "docs/reference/commands.md").read_text() == commands_page(), "run `make reference`"


def test_every_registered_command_exists_under_its_name():
    found = {path.split()[1] for path, _command in every_command() if " " in path}
    assert found == {entry.name for entry in COMMANDS}


def test_every_command_and_option_has_its_help():
    silent = []
    for path, command in every_command():
        if not command.help:
            silent.append(path)
        silent += [
            f"{path} {parameter.opts[0]}"
            for parameter in command.params
            if parameter.param_type_name == "option" and not getattr(parameter, "help", None)
        ]
    assert not silent


def test_the_architecture_page_names_every_package_and_only_those():
    page = (ROOT / "ARCHITECTURE.md").read_text()
    packages = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
    packages |= {path.name for path in (SOURCE / "engine").iterdir() if (path / "__init__.py").exists()}
    named = set(re.findall(r"^\s*([a-z_]+)/ ", page, re.MULTILINE))
    assert packages - named == set()
    assert {name for name in named if not any(ROOT.glob(f"**/{name}/"))} == set()
