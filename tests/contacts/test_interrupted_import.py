"""An import that is killed at any moment has changed nothing, goes on where it stopped, and ends as if unharmed."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from tests.builders.contacts import contacts_of
from tests.builders.tenants import make_account

from fairpost.contacts.actions.import_contacts import (
    Source,
    cancel_import,
    import_contacts,
    resume_import,
)
from fairpost.contacts.queries.imports import import_summary, recent_imports
from fairpost.kernel.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 120_000
BAD_EVERY = 1_000


@pytest.fixture
def ada():
    return make_account()


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("import") / "people.csv"
    with path.open("w") as out:
        out.write("email,rank,note\n")
        for number in range(ROWS):
            out.write(f"wrong{number},1,x\n" if number % BAD_EVERY == 7 else f"p{number}@x.org,{number},n{number}\n")
    return path


def start(ada, path: Path, database_url: str) -> subprocess.Popen[bytes]:
    """The import in a process of its own, as the command line runs it."""
    script = f"""
import django; django.setup()
from pathlib import Path
from fairpost.contacts.actions.import_contacts import Source, import_contacts
from fairpost.tenants.actors import local_operator
import_contacts(actor=local_operator(), account_id={ada.account_id}, source=Source(Path({str(path)!r}), "people.csv"),
    consent="form")
"""
    root = Path(__file__).parents[2]
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "FAIRPOST_DATA_DIR": settings.FAIRPOST.data_dir,
        "DJANGO_SETTINGS_MODULE": "fairpost.runtime.settings",
        "PYTHONPATH": str(root / "src"),
    }
    return subprocess.Popen([sys.executable, "-c", script], env=environment, cwd=root)


def wait_for(ada, percent: int, child: subprocess.Popen[bytes]) -> int:
    """The number of the import once it has got so far."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = recent_imports(ada.account_id)
        if found and found[0].percent >= percent:
            return found[0].import_id
        assert child.poll() is None, "it ended before it could be stopped"
        time.sleep(0.002)
    raise AssertionError("it never got so far")


@pytest.mark.parametrize("percent", [1, 40, 99])
def test_kill_9_in_the_middle_and_resume(ada, file, database_url, percent):
    child = start(ada, file, database_url)
    number = wait_for(ada, percent, child)
    child.send_signal(signal.SIGKILL)
    child.wait()
    before = import_summary(ada.account_id, number)
    if before.state == "done":
        pytest.skip("it was done before the signal came")
    assert contacts_of(ada.account_id) == {}
    summary = resume_import(actor=ada.owner, account_id=ada.account_id, import_id=number)
    bad = ROWS // BAD_EVERY
    assert (summary.state, summary.new, summary.rejected) == ("done", ROWS - bad, bad)
    held = contacts_of(ada.account_id)
    assert len(held) == ROWS - bad
    assert held["p1@x.org"] == {"rank": 1, "note": "n1"}
    with open(summary.rejects_file, newline="") as rejects:
        lines = [int(row[0]) for row in list(csv.reader(rejects))[1:]]
    assert lines == [number + 2 for number in range(7, ROWS, BAD_EVERY)]


class Stop(Exception):
    pass


def stopped_import(ada, file: Path) -> int:
    def watch(progress):
        if progress.staged > 30_000:
            raise Stop

    with pytest.raises(Stop):
        import_contacts(
            actor=ada.owner, account_id=ada.account_id, source=Source(file, "people.csv"), consent="form", watch=watch
        )
    return recent_imports(ada.account_id)[0].import_id


def test_a_lost_staging_table_starts_over(ada, file):
    """A crash of PostgreSQL empties unlogged tables while the offset stays."""
    number = stopped_import(ada, file)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE contact_staging_{number}")
    assert resume_import(actor=ada.owner, account_id=ada.account_id, import_id=number).new == ROWS - ROWS // BAD_EVERY


def test_a_file_that_changed_meanwhile_is_refused(ada, file, tmp_path):
    copy = tmp_path / "copy.csv"
    copy.write_bytes(file.read_bytes())
    number = stopped_import(ada, copy)
    with copy.open("a") as out:
        out.write("more@x.org,1,1\n")
    with pytest.raises(Conflict):
        resume_import(actor=ada.owner, account_id=ada.account_id, import_id=number)
    assert contacts_of(ada.account_id) == {}


def test_cancelling_leaves_nothing_behind(ada, file):
    number = stopped_import(ada, file)
    assert cancel_import(actor=ada.owner, account_id=ada.account_id, import_id=number).state == "cancelled"
    assert contacts_of(ada.account_id) == {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"contact_staging_{number}"])
        assert cursor.fetchone() == (None,)
    for act in (resume_import, cancel_import):
        with pytest.raises(Conflict):
            act(actor=ada.owner, account_id=ada.account_id, import_id=number)


def test_a_cancelled_import_stops_the_process_that_runs_it(ada, file, database_url):
    child = start(ada, file, database_url)
    number = wait_for(ada, 1, child)
    cancel_import(actor=ada.owner, account_id=ada.account_id, import_id=number)
    assert child.wait(60) != 0
    assert contacts_of(ada.account_id) == {}


def test_another_accounts_import_does_not_exist(ada, file):
    number = stopped_import(ada, file)
    mallory = make_account(owner="Mallory")
    for act in (resume_import, cancel_import):
        for account_id in (mallory.account_id, ada.account_id):
            with pytest.raises(NotFound):
                act(actor=mallory.owner, account_id=account_id, import_id=number)
    with pytest.raises(NotFound):
        import_summary(mallory.account_id, number)
