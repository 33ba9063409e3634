"""tasks.py: what it says where it cannot go on, and what a CI reads of it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Load tasks.py as it is, with a virtual environment that does not exist."""
    spec = importlib.util.spec_from_file_location("tasks", ROOT / "tasks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("VENV", "BIN", "PYTHON", "STAMP"):
        monkeypatch.setattr(module, name, tmp_path / "venv" / name)
    return module


def test_the_closing_line_counts_what_passed_failed_and_was_skipped(tasks: ModuleType, tmp_path: Path) -> None:
    report = tmp_path / "tests.xml"
    report.write_text('<testsuites><testsuite tests="9" failures="2" errors="1" skipped="3"/></testsuites>')

    assert tasks.count_tests(report) == "3 passed, 3 failed, 3 skipped"


@pytest.mark.parametrize("content", [None, "", "<testsuites"])
def test_a_pytest_that_left_no_report_counts_as_a_failure(
    tasks: ModuleType, tmp_path: Path, content: str | None
) -> None:
    report = tmp_path / "tests.xml"
    if content is not None:
        report.write_text(content)

    assert tasks.count_tests(report) == "0 passed, 1 failed"


def test_one_failed_step_fails_the_whole(tasks: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [tasks.Outcome("mypy", 1, 2.0), tasks.Outcome("pytest", 0, 3.0)]

    assert tasks.summary(outcomes) == 1
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()[-2:]] == [
        ["mypy", "FAILED"],
        ["pytest", "ok"],
    ]
    assert tasks.summary(outcomes[1:]) == 0


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_that_cannot_make_virtual_environments_is_told_what_to_install(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else find(name))

    with pytest.raises(tasks.TaskError, match="apt-get install python3-venv"):
        tasks.make_venv()


def test_an_older_python_is_told_so(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))

    assert tasks.main() == 2
    assert "needs Python 3.11" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("code", "expected"), [(1, 0), (3, 0), (0, "exit code 0"), (2, "exit code 2"), (4, "exit code 4")]
)
def test_the_demo_succeeds_only_where_the_example_found_something(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, code: int, expected: int | str
) -> None:
    monkeypatch.setattr(tasks, "install", lambda lock: None)
    monkeypatch.setattr(tasks, "run", lambda *command: code)

    if expected == 0:
        assert tasks.demo([]) == 0
    else:
        with pytest.raises(tasks.TaskError, match=str(expected)):
            tasks.demo([])


def test_nothing_is_installed_twice_and_a_changed_lock_is_installed_again(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("one==1\n")
    tasks.VENV.mkdir(parents=True)
    tasks.PYTHON.write_text("")
    ran: list[str] = []
    monkeypatch.setattr(tasks, "RUNTIME_LOCK", lock)
    monkeypatch.setattr(tasks, "make_venv", lambda: None)
    monkeypatch.setattr(tasks, "must", lambda what, *command: ran.append(what))

    tasks.install(lock)
    tasks.install(lock)
    assert ran == ["installing the locked packages", "installing azgate"]
    lock.write_text("one==2\n")
    tasks.install(lock)
    assert len(ran) == 4


def test_no_lock_names_an_index_or_a_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text, name
        assert "--hash=sha256:" in text, name
