"""One embedded PostgreSQL for the whole run, in a folder that is gone afterwards; DATABASE_URL wins over it.

It is started by the first test that asks for the database, so tests of pure packages need none. What tests
start as processes of their own finds the same place through the environment.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from tests.emptying import delete_instead_of_truncate

from fairpost.runtime import embedded
from fairpost.runtime.database import database_settings

# Only for tests: a crash of the machine may lose everything, and that is fine here.
FORGETFUL = "fsync=off; synchronous_commit=off; full_page_writes=off; shared_buffers=256MB; max_wal_size=1GB"

DATA_PLANE = ("contacts", "segments", "delivery", "events", "campaigns")
# These hold the sending process to time, relays and signals; all of its SQL is in the other tests of delivery.
NOT_OF_SQL = ("crashes", "pace", "permits", "pools", "real_postfix", "stop", "turns")
DATABASE_FIXTURES = {"db", "transactional_db", "database_url"}


@pytest.fixture(scope="session", autouse=True)
def data_folder() -> Iterator[Path]:
    """A data folder of this run's own, so that no test can meet the developer's; short, for socket paths."""
    folder = Path(tempfile.mkdtemp(prefix="fairpost-test-"))
    folder.chmod(0o755)
    os.environ["FAIRPOST_DATA_DIR"] = str(folder)
    settings.FAIRPOST = replace(settings.FAIRPOST, data_dir=str(folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    data_folder: Path, django_db_modify_db_settings_parallel_suffix: None
) -> Iterator[None]:
    """pytest-django's hook, called once before the test database is made; each process has one of its own name."""
    if settings.FAIRPOST.database_url:
        yield
        return
    configuration = replace(settings.FAIRPOST, database_options=FORGETFUL)
    embedded.start(configuration)
    try:
        use_server(embedded.embedded_url(configuration))
        yield
    finally:
        embedded.stop(configuration)


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> None:
    delete_instead_of_truncate()


@pytest.fixture(scope="session")
def database_url(django_db_setup: None) -> str:
    """The address of the test database, for raw psycopg connections and for processes that a test starts.

    Rows that another process shall see must be committed: use it with `transactional_db`.
    """
    parts = urlsplit(settings.DATABASE_URL)
    name = settings.DATABASES["default"]["NAME"]
    return urlunsplit(parts._replace(path=f"/{name}"))


def use_server(url: str) -> None:
    """Points Django at this server; the settings were read before it was there."""
    settings.DATABASE_URL = url
    settings.DATABASES["default"].update(database_settings(replace(settings.FAIRPOST, database_url=url)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what touches the data plane's tables: it must pass on PostgreSQL 15 too."""
    for item in items:
        folder, *_rest = Path(item.path).relative_to(Path(__file__).parent).parts
        if folder == "delivery" and item.path.stem.removeprefix("test_") in NOT_OF_SQL:
            continue
        asks = DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
        if folder in DATA_PLANE and (asks or item.get_closest_marker("django_db")):
            item.add_marker("postgresql15")
