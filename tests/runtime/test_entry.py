"""The command line answers in one line and with the right status, whatever is wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from fairpost.kernel.errors import Invalid, NotFound
from fairpost.runtime.trouble import explained


def fairpost(*arguments, **environment):
    inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "fairpost.runtime", *arguments],
        env=inherited | {"FAIRPOST_DATA_DIR": "/nonexistent/fairpost"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_help_lists_the_commands_and_needs_no_database():
    done = fairpost("--help")
    assert done.returncode == 0
    for name in ("db", "doctor", "serve", "web", "worker"):
        assert f"\n  {name} " in done.stdout


def test_help_loads_no_django():
    code = "import sys; from fairpost.runtime.entry import run; run(['--help']); sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60).returncode == 0


@pytest.mark.parametrize("arguments", [["nonsense"], ["db", "nonsense"], ["db", "url", "--nonsense"]])
def test_wrong_use_is_status_2(arguments):
    done = fairpost(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_one_sentence_with_a_way_out():
    done = fairpost("account", "list", DATABASE_URL="postgresql://u:hunter2@127.0.0.1:1/x")
    assert done.returncode == 1
    assert done.stderr.startswith("fairpost: The database does not answer")
    assert "fairpost doctor" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "hunter2" not in done.stderr


def test_a_data_folder_that_cannot_be_made_is_one_sentence():
    done = fairpost("db", "start", FAIRPOST_DATA_DIR="/proc/fairpost")
    assert done.returncode == 1
    assert done.stderr.startswith("fairpost: The data folder /proc/fairpost")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("FAIRPOST_WEB_PROCESSES", "many", "web_processes"),
        ("FAIRPOST_SETTINGS", "/nonexistent.toml", "/nonexistent.toml"),
        ("FAIRPOST_DATABASE_OPTIONS", "nonsense", "database_options"),
    ],
)
def test_a_wrong_setting_is_status_2_and_named(name, value, says, tmp_path):
    done = fairpost("db", "start", **{"FAIRPOST_DATA_DIR": str(tmp_path), name: value})
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_embedded_commands_refuse_a_named_server():
    done = fairpost("db", "stop", DATABASE_URL="postgresql://u@127.0.0.1:1/x")
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr


def test_a_database_without_tables_says_what_to_run(data_folder, database_url):
    address = database_url.replace("/test_", "/").replace("/fairpost?", "/postgres?")
    done = fairpost("account", "list", DATABASE_URL=address)
    assert done.returncode == 1, done.stderr
    assert "fairpost db migrate" in done.stderr


def test_ctrl_c_is_status_130_and_one_line():
    code = (
        "import sys, time; from fairpost.runtime import entry;"
        "entry.commands.main = lambda *a, **k: (print('up', flush=True), time.sleep(60));"
        "sys.exit(entry.run(['--help']))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGINT)
    _out, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said == "fairpost: interrupted\n"


def test_a_reader_that_has_enough_is_no_error():
    command = f"{sys.executable} -m fairpost.runtime --help | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stderr == ""


def test_errors_know_their_exit_status():
    assert explained(Invalid("x")).exit_status == 2
    assert explained(NotFound("x", hint="y")).sentence == "x y"
    assert explained(ValueError("a defect")) is None


def test_starting_costs_little():
    began = time.monotonic()
    fairpost("--version")
    assert time.monotonic() - began < 5
