"""Every step from every older database, on each kind of database.

`revisions/REVISION.json` holds the rows of a history that an azgate of that revision wrote, bytes in base64; a new
revision gets its file by AZGATE_UPDATE_GOLDEN=1, and the files of older ones stay as they are.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, insert, select, text

import scanner.history.migrations
from scanner.errors import HistoryError
from scanner.history.database import Database
from scanner.history.migrate import upgrade
from scanner.history.migrations import REVISIONS
from scanner.history.schema import METADATA, VERSION_TABLE
from scanner.history.store import Store
from scanner.model.history import Age, TimeToFix
from tests.history.conftest import add, load
from tests.history.results import CHAT, FAR, SEARCH, finding, make_result, on_day, print_of

FOLDER = Path(__file__).parent / "revisions"
TEAM = {"team": "search"}
FIRST = make_result(finding(CHAT, tags=TEAM), finding(SEARCH, tags=TEAM))
SECOND = make_result(finding(CHAT, tags=TEAM), finding(SEARCH, "pass"), day=2)
_ORDER = ("azgate_series", "azgate_runs", "azgate_documents", "azgate_failures", "azgate_fixes")


def rows(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Give the rows of every table as JSON can say them; ids that count up come again by themselves."""

    def plain(value: Any) -> Any:
        return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value

    found = {}
    for name in _ORDER:
        table = METADATA.tables[name]
        told = connection.execute(select(table).order_by(*table.primary_key)).mappings()
        found[name] = [{column: plain(value) for column, value in row.items() if column != "id"} for row in told]
    return found


def write_rows(connection: Connection, document: dict[str, list[dict[str, Any]]]) -> None:
    tables = MetaData()
    tables.reflect(connection)
    for name, told in document.items():
        for row in told:
            values = {
                key: base64.b64decode(value["base64"]) if isinstance(value, dict) and "base64" in value else value
                for key, value in row.items()
            }
            connection.execute(insert(tables.tables[name]).values(values))


@pytest.fixture
def old(request, place) -> str:
    """Give a database as an azgate of that revision left it."""
    database = Database(place)
    with database.writing() as connection:
        upgrade(connection, request.param)
        write_rows(connection, json.loads((FOLDER / f"{request.param}.json").read_text("utf-8")))
    return place


@pytest.mark.parametrize("old", REVISIONS, indirect=True)
def test_a_history_of_any_revision_is_read_and_written(old):
    store = Store(old)
    store.open_for_reading()
    run, result, history = load(store)
    assert (run.id, result) == (2, SECOND)
    assert history.ages == {print_of(CHAT): Age(on_day(0), 2)}
    assert [one.resource_id for one in history.fixed] == [SEARCH]
    assert history.time_to_fix == {"search": TimeToFix(1, 2.0)}
    assert [one.id for one in history.runs] == [1, 2]
    store.open_for_writing()
    later = add(store, make_result(finding(CHAT, tags=TEAM), finding(SEARCH, tags=TEAM), finding(FAR), day=3))
    assert (later.new, later.reopened) == ({print_of(FAR)}, {print_of(SEARCH)})
    assert later.ages[print_of(CHAT)] == Age(on_day(0), 3)


def test_every_revision_has_its_history(tmp_path):
    """The newest is written by AZGATE_UPDATE_GOLDEN=1."""
    newest = FOLDER / f"{REVISIONS[-1]}.json"
    if os.environ.get("AZGATE_UPDATE_GOLDEN") == "1" and not newest.exists():
        store = Store(str(tmp_path / "new.db"))
        store.open_for_writing()
        add(store, FIRST)
        add(store, SECOND)
        with Database(str(tmp_path / "new.db")).reading() as connection:
            newest.write_text(json.dumps(rows(connection), indent=1) + "\n", "utf-8")
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == sorted(REVISIONS)


def test_the_revisions_are_those_that_alembic_finds():
    config = Config()
    config.set_main_option("script_location", str(Path(scanner.history.migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    found = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(reversed([script.revision for script in found])) == REVISIONS


def test_the_steps_lead_to_the_tables_of_the_schema(place):
    with Database(place).writing() as connection:
        upgrade(connection)
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []


def test_a_history_of_a_newer_azgate_is_left_alone(store, place):
    add(store, FIRST)
    with Database(place).writing() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    for opening in (Store(place).open_for_reading, Store(place).open_for_writing):
        with pytest.raises(HistoryError, match=r"was written by a newer azgate \(revision 9999; .* \(use that azgate"):
            opening()
    with pytest.raises(HistoryError, match="was written by a newer azgate"):
        add(store, SECOND)  # it was opened before the tables changed
