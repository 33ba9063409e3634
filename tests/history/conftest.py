"""A history on each kind of database: SQLite always, a real PostgreSQL where the machine has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanner.history.store import Store
from scanner.model.history import History, Run
from scanner.model.result import ScanResult
from scanner.reports.json import render
from scanner.reports.saved import load_result
from tests.history.postgresql import Server, running_server

Add = Callable[..., History]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the path or URL of a database that is not there yet, or is empty."""
    if request.param == "sqlite":
        return str(tmp_path / "history.db")
    server: Server = request.getfixturevalue("server")
    return server.database()


@pytest.fixture
def store(place: str) -> Store:
    opened = Store(place)
    opened.open_for_writing()
    return opened


def add(store: Store, result: ScanResult, series: str = "") -> History:
    return store.add(result, render(result), series)[1]


def load(store: Store, number: int | None = None) -> tuple[Run, ScanResult, History]:
    return store.load(load_result, number)
