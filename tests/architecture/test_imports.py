"""Who may import whom: layers by import-linter, models by their own app only."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT, modules


def test_the_layers_hold():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_models_are_imported_inside_their_app_only():
    strangers = [
        f"{module.name} imports {imported}"
        for module in modules()
        for imported in module.imports()
        if (found := re.match(r"fairpost\.(\w+)\.models\b", imported)) and module.package not in (found[1], "runtime")
    ]
    assert not strangers, "\n".join(strangers)


def test_delivery_never_goes_through_djangos_mail():
    strangers = [m.name for m in modules() if any(each.startswith("django.core.mail") for each in m.imports())]
    assert not strangers
