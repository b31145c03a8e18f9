"""The embedded server survives what happens to servers: kills, races, stale files, strangers in /tmp."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.errors import Conflict, Invalid, Unavailable
from fairpost.runtime import embedded
from fairpost.runtime.embedded import place, processes
from fairpost.runtime.embedded.owner import Owner
from fairpost.runtime.embedded.tuning import given_settings

QUICK = "fsync=off; shared_buffers=32MB; max_wal_size=100MB; min_wal_size=32MB"
AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def made():
    """A cluster made once for this file; tests may start, stop and kill its server."""
    folder = Path(tempfile.mkdtemp(prefix="fp-"))
    folder.chmod(0o755)
    configuration = Configuration(data_dir=str(folder), database_options=QUICK)
    embedded.start(configuration)
    yield configuration
    embedded.stop(configuration)
    subprocess.run(["rm", "-rf", folder], check=True)


@pytest.fixture
def server(made):
    embedded.start(made)
    return made


def query(configuration, statement, *arguments):
    with psycopg.connect(embedded.embedded_url(configuration), autocommit=True) as session:
        cursor = session.execute(statement, arguments)
        return cursor.fetchall() if cursor.description else []


def test_it_takes_sessions_by_socket_and_password_only(server):
    assert query(server, "SHOW listen_addresses") == [("",)]
    assert query(server, "SELECT DISTINCT auth_method FROM pg_hba_file_rules") == [("scram-sha-256",)]
    wrong = place.Connection("wrong", place.read_connection(place.place_of(server)).socket).url()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_its_locale_depends_on_no_machine(server):
    rows = query(server, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'fairpost'")
    assert rows == [("b", "C.UTF-8")]


def test_the_password_lies_in_a_file_that_only_its_user_can_read(server):
    found = place.place_of(server).connection_file.stat()
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert found.st_uid == os.geteuid()


@pytest.mark.skipif(not AS_ROOT, reason="only root has anything to drop")
def test_as_root_the_server_runs_as_somebody_else_and_owns_only_its_cluster(server):
    home = place.place_of(server).home
    owner = pwd.getpwuid((home / "cluster").stat().st_uid)
    assert owner.pw_uid != 0
    assert home.stat().st_uid == 0
    status = Path(f"/proc/{embedded.status(server).pid}/status").read_text()
    assert f"Uid:\t{owner.pw_uid}\t{owner.pw_uid}" in status
    assert "Groups:\t \n" in status or f"Groups:\t{owner.pw_gid} \n" in status or "Groups:\t\n" in status


@pytest.mark.skipif(not AS_ROOT, reason="only root can close a folder to the server's user")
def test_as_root_it_runs_below_a_closed_home_whose_rights_stay_as_they_are(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    configuration = Configuration(data_dir=str(home / "data"), database_options=QUICK)
    try:
        assert embedded.start(configuration)
        assert query(configuration, "SELECT 1") == [(1,)]
    finally:
        embedded.stop(configuration)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_starting_twice_starts_once(server):
    before = embedded.status(server).pid
    assert embedded.start(server) is False
    assert embedded.status(server).pid == before


def test_two_processes_that_start_at_once_get_one_server(made):
    embedded.stop(made)
    script = (
        "import sys; from fairpost.kernel.configuration import Configuration;"
        "from fairpost.runtime import embedded;"
        "c = Configuration(data_dir=sys.argv[1], database_options=sys.argv[2]);"
        "print(embedded.start(c), embedded.status(c).pid)"
    )
    command = [sys.executable, "-c", script, made.data_dir, QUICK]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _each in range(2)]
    answers = sorted(each.communicate(timeout=60)[0].split() for each in both)
    assert [answer[0] for answer in answers] == ["False", "True"]
    assert answers[0][1] == answers[1][1]


def test_after_kill_9_of_the_postmaster_in_mid_work_it_starts_again_with_what_was_committed(server):
    query(server, "DROP TABLE IF EXISTS kept")
    query(server, "CREATE TABLE kept (n int)")
    query(server, "INSERT INTO kept VALUES (1)")
    busy = threading.Thread(target=keep_busy, args=(server,))
    busy.start()
    time.sleep(0.3)
    os.kill(embedded.status(server).pid, signal.SIGKILL)
    assert embedded.start(server) is True
    busy.join(timeout=30)
    assert query(server, "SELECT n FROM kept") == [(1,)]
    assert processes.postmaster(place.place_of(server).cluster) == embedded.status(server).pid


def keep_busy(configuration):
    try:
        query(configuration, "SELECT count(*) FROM generate_series(1, 500000000)")
    except psycopg.OperationalError:
        return
    raise AssertionError("the statement outlived its server")


def test_a_stop_in_mid_work_ends_sessions_and_leaves_no_process(server):
    busy = threading.Thread(target=keep_busy, args=(server,))
    busy.start()
    time.sleep(0.3)
    assert embedded.stop(server) is True
    busy.join(timeout=30)
    assert processes.members(place.place_of(server).cluster) == []
    assert embedded.stop(server) is False


def test_a_stale_pid_file_that_names_a_living_stranger_does_not_stop_the_start(made):
    embedded.stop(made)
    pid_file = place.place_of(made).cluster / "postmaster.pid"
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        pid_file.write_text(f"{stranger.pid}\n{pid_file.parent}\n1\n5432\n/tmp\n\n1 1\nready\n")
        assert embedded.status(made).running is False
        assert embedded.start(made) is True
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_cluster_of_another_major_version_is_refused_with_the_way_out(made):
    embedded.stop(made)
    version = place.place_of(made).cluster / "PG_VERSION"
    real = version.read_text()
    version.write_text("17\n")
    try:
        with pytest.raises(Conflict, match="PostgreSQL 17") as refused:
            embedded.start(made)
        assert "pg_dump" in str(refused.value)
    finally:
        version.write_text(real)


def test_a_start_that_fails_says_the_servers_last_words(made):
    embedded.stop(made)
    with pytest.raises(Unavailable, match="shared_buffers"):
        embedded.start(replace(made, database_options="shared_buffers=nonsense"))


def test_a_long_data_folder_has_its_socket_elsewhere(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    configuration = Configuration(data_dir=str(deep), database_options=QUICK)
    try:
        embedded.start(configuration)
        socket = embedded.status(configuration).socket
        assert len(socket) < 80
        assert stat.S_IMODE(os.stat(socket).st_mode) == 0o700
        assert query(configuration, "SELECT 1") == [(1,)]
    finally:
        embedded.stop(configuration)
    os.rmdir(socket)


def test_a_link_planted_at_the_sockets_folder_is_refused(tmp_path):
    target = tmp_path / "victim"
    target.mkdir(mode=0o755)
    planted = tmp_path / "socket"
    planted.symlink_to(target)
    with pytest.raises(Unavailable, match="remove it"):
        place.private_folder(planted, Owner(os.geteuid(), os.getegid()))
    assert stat.S_IMODE(target.stat().st_mode) == 0o755


@pytest.mark.skipif(not AS_ROOT, reason="only root can plant a stranger's folder")
def test_a_folder_of_another_user_at_the_sockets_place_is_refused(tmp_path):
    planted = tmp_path / "socket"
    planted.mkdir(mode=0o700)
    os.chown(planted, 12345, 12345)
    with pytest.raises(Unavailable, match="remove it"):
        place.private_folder(planted, Owner(65534, 65534))
    assert planted.stat().st_uid == 12345


def test_an_interrupted_initdb_leaves_nothing_that_looks_like_a_cluster(tmp_path):
    home = place.place_of(Configuration(data_dir=str(tmp_path))).home
    (home / "cluster.new").mkdir(parents=True)
    (home / "cluster.new" / "PG_VERSION").write_text("18\n")
    configuration = Configuration(data_dir=str(tmp_path), database_options=QUICK)
    try:
        assert embedded.start(configuration) is True
    finally:
        embedded.stop(configuration)
    assert not (home / "cluster.new").exists()
    assert not (home / "initdb-password").exists()


def test_the_servers_options_are_read_strictly():
    assert given_settings("work_mem=4MB; jit = on") == {"work_mem": "4MB", "jit": "on"}
    with pytest.raises(Invalid):
        given_settings("work_mem 4MB")
    with pytest.raises(Invalid):
        given_settings("a b=1")
