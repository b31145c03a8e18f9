"""Periodic jobs run in exactly one worker of many, and another takes over when that one is gone."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest

from fairpost.runtime import worker as worker_module
from fairpost.runtime.jobs import JOBS, Job
from fairpost.runtime.worker import Worker

RUNS: list[str] = []
FAILED = threading.Event()


def count(clock):
    RUNS.append(threading.current_thread().name)
    return 1


def fail(clock):
    FAILED.set()
    raise RuntimeError("as this test wants it")


HERE = f"{__name__}:"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    RUNS.clear()
    FAILED.clear()
    monkeypatch.setattr(worker_module, "ASK_AGAIN", 0.05)


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def named(worker, name):
    for thread in worker.threads:
        thread.name = name
    return worker


def test_of_two_workers_one_runs_the_job_and_the_other_takes_over(database_url, transactional_db):
    job = Job("count", 0.02, HERE + "count")
    first, second = (named(Worker([job], database_url), name) for name in ("first", "second"))
    first.start()
    wait_for(lambda: len(RUNS) >= 2)
    second.start()
    wait_for(lambda: len(RUNS) >= 10)
    assert set(RUNS) == {"first"}
    assert first.stop()
    wait_for(lambda: "second" in RUNS)
    assert second.stop()


def test_a_worker_whose_session_is_cut_comes_back(database_url, transactional_db):
    worker = Worker([Job("count", 0.02, HERE + "count")], database_url)
    worker.start()
    wait_for(lambda: RUNS)
    with psycopg.connect(database_url, autocommit=True) as session:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
    RUNS.clear()
    wait_for(lambda: RUNS)
    assert worker.stop()


def test_a_job_that_fails_ends_neither_the_worker_nor_the_other_jobs(database_url, transactional_db):
    worker = Worker([Job("fail", 0.02, HERE + "fail"), Job("count", 0.02, HERE + "count")], database_url)
    worker.start()
    assert FAILED.wait(10)
    RUNS.clear()
    wait_for(lambda: len(RUNS) >= 3)
    assert worker.stop()


def test_every_declared_job_exists():
    for job in JOBS:
        assert callable(job.function()), job.name
    assert len({job.name for job in JOBS}) == len(JOBS)
