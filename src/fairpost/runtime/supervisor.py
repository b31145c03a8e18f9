"""Keeps a set of child processes running: restarts what dies, passes on the request to end, loses no line."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TextIO

PR_SET_PDEATHSIG = 1
FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
STEADY = 60.0  # a child that lived this long is restarted at once, as if it had never failed


@dataclass(slots=True)
class Child:
    """One program that must run, and what became of its last start."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    delay: float = FIRST_DELAY
    restarts: int = 0
    pump: threading.Thread | None = field(default=None, repr=False)


class Supervisor:
    """Runs the children until it is told to end; `watch` is called about five times a second beside them."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        output: TextIO = sys.stdout,
        watch: Callable[[], None] = lambda: None,
        patience: float = 60.0,
    ) -> None:
        self.children = list(children)
        self.output = output
        self.watch = watch
        self.patience = patience
        self.ending = False
        self.width = max((len(child.name) for child in children), default=0)
        self.write_lock = threading.Lock()

    def run(self) -> None:
        """Returns after SIGTERM or SIGINT, once every child has ended."""
        before = {each: signal.signal(each, self.end) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self.ending:
                self.watch()
                for child in self.children:
                    self.tend(child)
                time.sleep(0.2)
        finally:
            self.end_children()
            for each, handler in before.items():
                signal.signal(each, handler)

    def end(self, _number: int, _frame: object) -> None:
        """The first request ends gracefully; a second one kills."""
        if self.ending:
            self.patience = 0
        self.ending = True

    def tend(self, child: Child) -> None:
        """Starts the child where it does not run and its pause is over."""
        now = time.monotonic()
        if child.process is not None:
            if child.process.poll() is None:
                return
            self.bury(child, now)
        if now >= child.start_again_at and not self.ending:
            self.start(child, now)

    def bury(self, child: Child, now: float) -> None:
        assert child.process is not None
        child.delay = FIRST_DELAY if now - child.started_at >= STEADY else min(child.delay * 2, LONGEST_DELAY)
        pause = 0.0 if now - child.started_at >= STEADY else child.delay
        child.start_again_at = now + pause
        child.restarts += 1
        self.say(child, f"ended with status {child.process.returncode}; starts again in {pause:.0f} s")
        child.process = None

    def start(self, child: Child, now: float) -> None:
        child.process = subprocess.Popen(
            child.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # a terminal's Ctrl-C reaches only us, and we pass it on
            preexec_fn=die_with_parent,
        )
        child.started_at = now
        child.pump = threading.Thread(target=self.copy_lines, args=(child, child.process), daemon=True)
        child.pump.start()

    def copy_lines(self, child: Child, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.say(child, line.rstrip("\n"))
        process.stdout.close()

    def say(self, child: Child, line: str) -> None:
        with self.write_lock:
            self.output.write(f"{child.name:<{self.width}} | {line}\n")
            self.output.flush()

    def end_children(self) -> None:
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        asked_at = time.monotonic()
        while (
            any(process.poll() is None for process in running) and time.monotonic() < asked_at + self.patience
        ):
            time.sleep(0.05)
        for process in running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for child in self.children:
            if child.pump:
                child.pump.join(timeout=5)


def die_with_parent() -> None:
    """Has the kernel end this child when the supervisor is killed (prctl(2)): no orphan holds a port."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


LIBC = ctypes.CDLL(None)
