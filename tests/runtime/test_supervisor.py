"""The supervisor restarts what dies, ends everything on request and leaves no process behind."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from fairpost.runtime import supervisor as supervisor_module
from fairpost.runtime.supervisor import Child, Supervisor

PATIENT = "import signal, sys, time\nsignal.signal(15, lambda *_: (print('ended well'), sys.exit(0)))\n"


def python(code):
    return [sys.executable, "-uc", code]


def end_after(seconds):
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()


def test_lines_carry_their_part_and_a_graceful_end_is_waited_for():
    output = io.StringIO()
    end_after(1.5)
    Supervisor(
        [
            Child("web", python(PATIENT + "print('here'); time.sleep(60)")),
            Child("sender", python("print('and I')")),
        ],
        output=output,
    ).run()
    lines = output.getvalue().splitlines()
    assert "web    | here" in lines
    assert "sender | and I" in lines
    assert "web    | ended well" in lines


def test_a_child_that_dies_is_started_again_with_growing_pauses(monkeypatch):
    monkeypatch.setattr(supervisor_module, "FIRST_DELAY", 0.1)
    child = Child("sender", python("raise SystemExit(3)"), delay=0.1)
    output = io.StringIO()
    end_after(2.5)
    Supervisor([child], output=output).run()
    assert 2 <= child.restarts <= 6
    assert child.delay > 0.1
    assert "ended with status 3" in output.getvalue()


def test_a_child_that_ignores_the_request_is_killed_after_the_patience():
    child = Child("deaf", python("import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"))
    end_after(1.0)
    began = time.monotonic()
    Supervisor([child], output=io.StringIO(), patience=0.5).run()
    assert time.monotonic() - began < 5
    assert child.process.poll() is not None


def test_kill_9_of_the_supervisor_leaves_no_child():
    child_code = "import os, time; print(os.getpid()); time.sleep(60)"
    code = (
        "import sys; from fairpost.runtime.supervisor import Child, Supervisor;"
        f"Supervisor([Child('x', [sys.executable, '-uc', {child_code!r}])]).run()"
    )
    process = subprocess.Popen([sys.executable, "-uc", code], stdout=subprocess.PIPE, text=True)
    child = int(process.stdout.readline().split("|")[1])
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 10
    while lives(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
