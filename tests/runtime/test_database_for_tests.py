"""The database that tests get is the one they were promised."""

import psycopg
import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_tables_of_every_app_are_there():
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('contact') IS NOT NULL")
        assert cursor.fetchone() == (True,)


def test_a_raw_connection_reaches_the_same_database(database_url, transactional_db):
    with psycopg.connect(database_url) as raw:
        assert raw.execute("SELECT current_database()").fetchone()[0].startswith("test_")
        assert raw.execute("SELECT count(*) FROM django_migrations").fetchone()[0] > 0
