"""Where reports go: whole or not at all, and never over something that is no file."""

from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path

import pytest

import scanner.cli.outputs
import scanner.reports
from scanner.cli import main
from scanner.errors import ConfigError
from tests.cli.conftest import account, deployment

BAD = [account(), deployment(500)]


def test_a_report_that_cannot_be_drawn_leaves_no_file_and_keeps_an_old_one(document, tmp_path, monkeypatch, capsys):
    kept, new = tmp_path / "kept.json", tmp_path / "new.html"
    kept.write_text("old")
    draw = scanner.reports.render

    def failing(name, result, **options):
        if name == "html":
            raise RuntimeError("cannot draw")
        return draw(name, result, **options)

    monkeypatch.setattr(scanner.reports, "render", failing)
    assert main(["scan", document(BAD), "-o", f"json={kept}", "-o", f"html={new}"]) == 4
    assert "a defect in azgate: RuntimeError: cannot draw" in capsys.readouterr().err
    assert kept.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.json", "kept.json"]


def test_a_disk_that_is_full_keeps_the_old_file_and_leaves_nothing_behind(azgate, document, tmp_path, monkeypatch):
    target = tmp_path / "r.json"
    target.write_text("old")

    def full(self: Path, other: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    run = azgate("scan", document(BAD), "-o", f"json={target}")
    assert run.code == 2
    assert f"{target}: cannot be written: No space left on device" in run.err
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.json", "r.json"]


def test_an_existing_report_is_replaced_and_a_link_stays_a_link(azgate, document, tmp_path):
    target, link = tmp_path / "deep" / "r.json", tmp_path / "link.json"
    target.parent.mkdir()
    target.write_text("old")
    link.symlink_to(target)
    assert azgate("scan", document(BAD), "-o", f"json={link}").code == 1
    assert link.is_symlink()
    assert target.read_text().startswith("{")


def test_a_report_has_the_permissions_of_any_new_file(azgate, document, tmp_path):
    old = os.umask(0o027)
    try:
        azgate("scan", document(BAD), "-o", f"json={tmp_path / 'r.json'}")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "r.json").stat().st_mode) == 0o640


def test_a_device_is_written_to_and_not_replaced(azgate, document):
    assert azgate("scan", document(BAD), "-o", f"json={os.devnull}").code == 1
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_pipe_is_written_to_and_a_reader_that_leaves_is_no_error(azgate, document, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert azgate("scan", document([]), "-o", f"junit={pipe}").code == 0
    assert os.read(reader, 5) == b"<?xml"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_long_file_name_is_as_good_as_a_short_one(azgate, document, tmp_path):
    target = tmp_path / ("r" * 250 + ".json")
    assert azgate("scan", document(BAD), "-o", f"json={target}").code == 1
    assert target.exists()


def test_a_folder_that_is_not_writable_is_refused_before_any_work(azgate, monkeypatch, tmp_path):
    monkeypatch.setattr(os, "access", lambda *_: False)
    run = azgate("scan", str(tmp_path / "absent.json"), "-o", f"json={tmp_path / 'r.json'}")
    assert run.code == 2
    assert "its folder is not writable" in run.err
    assert "absent.json" not in run.err


def test_closed_standard_output_is_refused_where_it_is_needed(document, monkeypatch, capsys, tmp_path):
    path = document(BAD)
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["scan", path]) == 2
    assert "standard output is closed" in capsys.readouterr().err
    assert main(["scan", path, "-o", f"json={tmp_path / 'r.json'}"]) == 1


class Terminal(io.TextIOWrapper):
    """A standard output that says it is a terminal."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("environment", "colored"), [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)])
def test_colours_are_for_terminals_that_want_them(document, monkeypatch, environment, colored):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    path, terminal = document(BAD), Terminal("utf-8")
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main(["scan", path]) == 1
    assert (b"\x1b[" in terminal.buffer.getvalue()) is colored


def test_a_terminal_that_knows_no_unicode_gets_escapes_and_no_crash(document, monkeypatch):
    path, terminal = (
        document([account("acct", tags={"team": "鍵"}, id="/providers/Microsoft.CognitiveServices/accounts/鍵")]),
        Terminal("ascii"),
    )
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main(["scan", path]) == 1
    assert b"\\u9375" in terminal.buffer.getvalue()


def test_progress_shows_on_a_terminal_only_and_leaves_no_trace(document, monkeypatch, capsys):
    assert main(["scan", document(BAD)]) == 1
    assert capsys.readouterr().err == ""
    terminal = Terminal("utf-8")
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["scan", document(BAD)]) == 1
    terminal.flush()
    shown = terminal.buffer.getvalue()
    assert b"evaluating" in shown
    assert shown.endswith(b"\r\x1b[K")


def test_an_output_is_a_format_and_a_path_that_may_hold_an_equals_sign(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outputs = scanner.cli.outputs.parse_outputs(["json=a=b.json", "junit=-"])
    assert outputs == [("json", "a=b.json"), ("junit", "-")]
    assert scanner.cli.outputs.parse_outputs([]) == [("console", "-")]
    with pytest.raises(ConfigError):
        scanner.cli.outputs.parse_outputs(["JSON=x"])
