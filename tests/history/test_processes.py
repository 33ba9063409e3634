"""Several processes at one history, and processes that die."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanner.errors import HistoryError
from scanner.history.store import Store
from scanner.model.history import Age, Run
from tests.history.conftest import add, load
from tests.history.results import CHAT, SEARCH, account, finding, make_result, on_day, print_of

ROOT = Path(__file__).resolve().parents[2]
WRITERS, RUNS = 3, 3
MOST_STATEMENTS = 100


def start(place: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.history.writer", place, *map(str, arguments)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, text=True, **pipes)


@pytest.fixture(params=["a new database", "an existing database"])
def written_at_once(request, place) -> Store:
    """Give a history that several processes wrote to at the same time, the first of them making it or not."""
    if request.param == "an existing database":
        Store(place).open_for_writing()
    processes = [start(place, "runs", RUNS, f"of-{number}") for number in range(WRITERS)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    store = Store(place)
    store.open_for_reading()
    return store


def test_writers_at_once_lose_nothing(written_at_once):
    store = written_at_once
    runs = store.runs()
    assert [run.id for run in runs] == list(range(1, WRITERS * RUNS + 1))
    stored = [load(store, run.id) for run in runs]
    for number in range(WRITERS):
        name = account(f"of-{number}")
        assert sum(name in {one.resource.id for one in result.findings} for _, result, _ in stored) == RUNS
    newest, known = "", 0
    for run, _, history in stored:
        # Each run knows one more than the run before, unless it is older than what is known.
        known += run.as_of >= newest
        newest = max(newest, run.as_of)
        assert history.ages[print_of(CHAT)].runs == known
        assert (print_of(CHAT) in history.new) == (run.id == 1)


@pytest.fixture
def dies_at(place) -> Iterator[Callable[[int], bool]]:
    """Give a function that lets a writer die before the statement of a number; False where it had none left."""
    process = start(place, "killed")

    def dies(at: int) -> bool:
        process.stdin.write(f"{at}\n")
        process.stdin.flush()
        became = process.stdout.readline()
        assert became in {"killed\n", "stored\n"}, became
        return became == "killed\n"

    yield dies
    process.communicate(timeout=60)


def test_a_killed_writer_leaves_the_history_as_it_was(place, dies_at):
    store = Store(place)
    store.open_for_writing()
    before = add(store, make_result(finding(CHAT)))
    at = 0
    while dies_at(at):
        assert [run.id for run in store.runs()] == [1], f"killed before statement {at}"
        assert load(store)[2] == before
        at += 1
        assert at < MOST_STATEMENTS
    assert at >= 10, "it died at every statement, and at the commit"
    run, _, history = load(store)
    assert [one.why for one in history.fixed] == ["passes"]
    assert history.new == {print_of(SEARCH)}
    assert history.ages == {print_of(SEARCH): Age(on_day(1), 1)}
    assert [stored.id for stored in store.runs()] == [1, run.id]


def runs_of(store: Store) -> list[Run] | str:
    try:
        store.open_for_reading()
    except HistoryError as error:
        return "none yet" if "holds no history yet" in str(error) or "no such file" in str(error) else str(error)
    return store.runs()


def test_who_is_killed_while_it_makes_a_history_leaves_all_of_it_or_none(place, dies_at):
    at = 0
    while dies_at(at):
        store = Store(place)
        assert runs_of(store) in ("none yet", [])
        at += 1
        assert at < MOST_STATEMENTS
    assert len(store.runs()) == 1
