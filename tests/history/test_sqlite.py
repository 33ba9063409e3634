"""What only a file can be: no database, another program's, read-only, on a full disk."""

from __future__ import annotations

import os
import pwd
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.errors import ConfigError, HistoryError
from scanner.history.store import Store
from tests.history.conftest import add, load
from tests.history.results import CHAT, account, finding, make_result

ROOT = Path(__file__).resolve().parents[2]


def opened(path: Path) -> Store:
    store = Store(str(path))
    store.open_for_writing()
    return store


@pytest.mark.parametrize("content", [b"{}\n" * 400, b"SQLite format 3\0" + b"\xff" * 5000, b"x"])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "result.json"
    path.write_bytes(content)
    for opening in (Store(str(path)).open_for_writing, Store(str(path)).open_for_reading):
        with pytest.raises(HistoryError, match=r"result\.json: .*(not a database|malformed|disk I/O)"):
            opening()
    assert path.read_bytes() == content
    assert [found.name for found in tmp_path.iterdir()] == ["result.json"]


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "browser.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cookies (name TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(HistoryError, match="the database of another program"):
        opened(path)
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_history(tmp_path):
    path = tmp_path / "history.db"
    path.touch()
    add(opened(path), make_result(finding(CHAT)))
    assert len(opened(path).runs()) == 1


@pytest.mark.skipif(os.name == "nt", reason="permissions as POSIX has them")
def test_a_folder_that_is_not_there_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "absent" / "history.db", tmp_path):
        with pytest.raises(HistoryError, match="unable to open database file"):
            opened(path)


@pytest.mark.parametrize("place", ["", "-", "mysql://root@localhost/x"])
def test_what_is_no_place_for_a_history_is_refused(place):
    with pytest.raises(ConfigError, match="--history"):
        Store(place)


def test_a_full_disk_stores_nothing_and_leaves_the_history_readable(tmp_path):
    path = tmp_path / "history.db"
    store = opened(path)
    history = add(store, make_result(finding(CHAT)))
    many = make_result(*(finding(account(os.urandom(30).hex())) for _ in range(2000)), day=1)
    limit = path.stat().st_size + 40_000

    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, kept[1]))  # a write beyond it fails as on a full disk
    try:
        with pytest.raises(HistoryError, match=r"history\.db: .*(disk I/O error|disk is full) \(nothing was stored"):
            add(store, many)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)

    assert load(store)[2] == history
    assert [run.id for run in store.runs()] == [1]
    assert len(add(store, many).new) == 2000


@pytest.fixture
def read_only() -> Iterator[Store]:
    """Give a history that may be read and not written, whoever runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="azgate-read-only-"))
    store = opened(folder / "history.db")
    add(store, make_result(finding(CHAT)))
    load(store)  # what is imported late is there before this is somebody else
    (folder / "history.db").chmod(0o444)
    folder.chmod(0o555)
    before = os.geteuid()
    if before == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield Store(str(folder / "history.db"))
    finally:
        os.seteuid(before)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_read_only_history_is_read(read_only):
    read_only.open_for_reading()
    assert load(read_only)[0].id == 1
    with pytest.raises(HistoryError, match=r"readonly database .the file and its folder must be writable"):
        read_only.open_for_writing()


def test_a_pruned_history_is_smaller(tmp_path):
    path = tmp_path / "history.db"
    store = opened(path)
    for day in range(6):
        add(store, make_result(*(finding(account(f"{day}-{number}")) for number in range(300)), day=day))
    before = path.stat().st_size
    store.prune(keep=1)
    assert path.stat().st_size < before / 2


def test_only_a_history_imports_a_database_library():
    code = (
        "import sys\nfrom scanner.cli.parser import build_parser\nbuild_parser()\n"
        "import scanner.scan, scanner.history.difference\n"
        "sys.exit(','.join({'sqlalchemy', 'alembic', 'sqlite3', 'psycopg'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
