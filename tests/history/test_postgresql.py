"""What only a server can be: out of reach, shared with others, behind a password."""

from __future__ import annotations

import sys
from urllib.parse import quote

import pytest

from scanner.errors import ConfigError, HistoryError
from scanner.history.store import Store
from tests.history.conftest import add
from tests.history.postgresql import PASSWORD, USER
from tests.history.results import CHAT, finding, make_result

SECRET = "hush-hush 100%"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (f"postgresql://user:{quote(SECRET)}@127.0.0.1:1/azgate", "postgresql://127.0.0.1:1/azgate: connection failed"),
        (f"postgres://user:{quote(SECRET)}@127.0.0.1:1/azgate", "connection failed"),
        (f"postgresql://127.0.0.1:1/azgate?password={quote(SECRET)}&no_such_option=1", "no_such_option"),
        (f"postgresql://user:a@{SECRET}@127.0.0.1/azgate", "cannot be read"),
        (f"postgresql://127.0.0.1:{SECRET}/azgate", "cannot be read"),
        (f"mysql://user:{SECRET}@127.0.0.1/azgate", "mysql://...: unknown"),
        (f"postgresql+psycopg2://user:{SECRET}@127.0.0.1/azgate", "unknown"),
    ],
)
def test_no_message_shows_a_password(place, words):
    pytest.importorskip("psycopg")
    with pytest.raises((HistoryError, ConfigError)) as caught:
        Store(place).open_for_writing()
    text = str(caught.value)
    assert words in text
    assert SECRET not in text
    assert quote(SECRET) not in text
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_wrong_password_is_refused_and_not_shown(server):
    with pytest.raises(HistoryError, match="password authentication failed") as caught:
        Store(server.url("postgres", SECRET)).open_for_reading()
    assert SECRET not in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_a_driver_that_is_missing_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match=r"pip install 'azgate\[postgresql\]'"):
        Store("postgresql://127.0.0.1/azgate").open_for_reading()


def test_a_database_may_hold_other_things_too(server):
    place = server.database()
    with server.connect(place.rpartition("/")[2]) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE runs (id INTEGER)")
    store = Store(place)
    store.open_for_writing()
    assert len(add(store, make_result(finding(CHAT))).new) == 1


def test_a_user_who_may_not_write_is_told_before_a_scan(server):
    place = server.database()
    Store(place).open_for_writing()
    database = place.rpartition("/")[2]
    with server.connect(database) as connection:
        connection.execute("CREATE ROLE reader LOGIN PASSWORD 'reader'")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    theirs = place.replace(f"{USER}:{quote(PASSWORD, safe='')}", "reader:reader")
    Store(theirs).open_for_reading()
    with pytest.raises(HistoryError, match="permission denied for table azgate_series"):
        Store(theirs).open_for_writing()


def test_text_sorts_by_code_point_in_every_column(server):
    """Ranges of ids and of times depend on it, whatever language the database was made for."""
    place = server.database()
    Store(place).open_for_writing()
    query = """SELECT table_name, column_name FROM information_schema.columns
        WHERE table_name LIKE 'azgate%%' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"""
    with server.connect(place.rpartition("/")[2]) as connection:
        assert connection.execute(query).fetchall() == []
