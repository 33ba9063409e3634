"""`azgate report`: a saved result drawn again."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import account, deployment

BAD = [account(), deployment(500), deployment("much", "acct/other")]


@pytest.fixture
def saved(azgate, document, tmp_path):
    """Give the path of a saved result that failed the gate."""
    path = tmp_path / "r.json"
    assert azgate("scan", document(BAD), "-o", f"json={path}").code == 1
    return path


def test_a_report_is_exit_0_whatever_the_gate_said(azgate, saved):
    run = azgate("report", str(saved))
    assert run.code == 0
    assert "FAILED" in run.out


def test_drawing_again_gives_what_the_scan_gave(azgate, saved, document):
    assert azgate("report", str(saved), "-o", "json=-").out == saved.read_text()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_result_that_went_through_a_shells_redirection_is_read(azgate, saved, encoding):
    data = saved.read_text().encode(encoding)
    assert azgate("report", "-", "-o", "junit=-", stdin=data).out.startswith("<?xml")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"{", ""),
        (b"[]", ""),
        (b"{}", "this is no azgate result"),
        (b'{"schemaVersion": "9", "findings": []}', "schemaVersion"),
        (b'{"schemaVersion": "1", "findings": [5]}', ""),
        (b"\x89PNG\r\n\x1a\n", "is neither UTF-8 nor UTF-16"),
        (b"[" * 100_000, ""),
    ],
)
def test_what_is_no_result_is_exit_2(azgate, tmp_path, content, words):
    path = tmp_path / "r.json"
    path.write_bytes(content)
    run = azgate("report", str(path))
    assert run.code == 2
    assert run.err.startswith(f"azgate: error: {path}")
    assert words in run.err


def test_a_missing_result_and_a_wrong_format_are_exit_2(azgate, saved, tmp_path):
    assert azgate("report", str(tmp_path / "absent.json")).code == 2
    assert azgate("report", str(saved), "-o", "pdf=x").code == 2
    assert json.loads(saved.read_text())["gate"]["exitCode"] == 1
