"""Reading JSON: whatever the bytes are, there is a document or a clear reason why not."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import Problem, SourceError
from scanner.sources.json_document import MAX_DEPTH, parse_json, read_bytes


def problem_of(data: bytes, file: str = "f.json") -> Problem:
    with pytest.raises(SourceError) as raised:
        parse_json(data, file)
    (problem,) = raised.value.problems
    return problem


@pytest.mark.parametrize(
    "data",
    [
        '{"name": "é 鍵 🔑"}'.encode(),
        '\ufeff{"name": "é 鍵 🔑"}'.encode(),
        '{"name": "é 鍵 🔑"}'.encode("utf-16"),
        '{"name": "é 鍵 🔑"}'.encode("utf-16-le"),
        '{"name": "é 鍵 🔑"}'.encode("utf-16-be"),
        b' \n\t{"name": "\\u00e9 \\u9375 \\ud83d\\udd11"} \r\n',
    ],
)
def test_json_is_read_as_editors_and_powershell_write_it(data):
    assert parse_json(data, "f.json") == {"name": "é 鍵 🔑"}


def test_a_lone_surrogate_is_kept_and_kills_nothing():
    assert parse_json(b'{"name": "\\ud800"}', "f.json") == {"name": "\ud800"}


@pytest.mark.parametrize(
    ("data", "message", "line", "column"),
    [
        (b"", "is empty", 0, 0),
        (b" \n\t ", "is empty", 0, 0),
        (b'{"a": 1', "is not JSON", 1, 8),
        (b'{"a": 1,\n "b": }', "is not JSON", 2, 7),
        (b"{'a': 1}", "is not JSON", 1, 2),
        (b'{"a": 1} x', "is not JSON: Extra data", 1, 10),
        (b"hello", "is not JSON", 1, 1),
        (b"\xef\xbb\xbf", "is not JSON", 1, 1),
        (b'{"a": "caf\xe9"}', "is neither UTF-8 nor UTF-16 text (byte 10)", 0, 0),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is neither UTF-8 nor UTF-16 text", 0, 0),
        (b'{"a": 1,\n "a": 2}', "the key 'a' stands twice in one object", 2, 0),
        (b'{"b": 0, "a": 1,\n "a": 2}', "the key 'a' stands twice in one object", 2, 0),
        (b'{"x": {"a": 1,\n\n "a": 2}}', "the key 'a' stands twice in one object", 3, 0),
        (b'{"\\ud800": 1, "\\ud800": 2}', "stands twice in one object", 0, 0),
        (b'{"a": NaN}', "is not JSON: NaN is no JSON number", 0, 0),
        (b'{"a": -Infinity}', "is not JSON: -Infinity is no JSON number", 0, 0),
        (b'{"a": ' + b"9" * 5000 + b"}", "holds a whole number of thousands of digits", 0, 0),
        (b"[" * 100_000, "is nested too deeply", 0, 0),
        (b"[" * 100_000 + b"]" * 100_000, "is nested too deeply", 0, 0),
        (b'{"a":' * 250 + b"1" + b"}" * 250, "is nested too deeply", 0, 0),
        (b"<html></html>", "is not JSON", 1, 1),
    ],
)
def test_what_is_no_json_is_refused_with_the_reason_and_the_place(data, message, line, column):
    problem = problem_of(data)
    assert problem.message.startswith(message) or message in problem.message
    assert (problem.file, problem.line, problem.column) == ("f.json", line, column)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_nesting_is_bounded_at_a_fixed_depth(opening):
    closing = {b"[": b"]", b'{"a":': b"}"}[opening]
    assert parse_json(opening * (MAX_DEPTH - 1) + b"1" + closing * (MAX_DEPTH - 1), "f")
    assert "nested too deeply" in problem_of(opening * (MAX_DEPTH + 1) + b"1" + closing * (MAX_DEPTH + 1)).message


def test_standard_input_is_called_by_its_name():
    assert problem_of(b"", "-").file == "standard input"


@given(st.binary() | st.from_regex(rb"[\[\]{}:,\"'a0-9.eE\-\\u tfn\xef\xbb\xbf\xff\xfe\x00]{0,30}", fullmatch=True))
def test_no_bytes_raise_anything_but_a_source_error(data):
    with contextlib.suppress(SourceError):
        parse_json(data, "f.json")


def test_a_file_or_standard_input_is_read(tmp_path):
    (tmp_path / "f.json").write_bytes(b"{}")
    assert read_bytes(str(tmp_path / "f.json")) == b"{}"
    assert read_bytes("-", io.BytesIO(b"[]")) == b"[]"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent", "there is no such file"),
        ("", "is a folder"),
        ("a\0b", "cannot be read"),
        ("x" * 5000, "cannot be read"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, name, message):
    with pytest.raises(SourceError, match=message):
        read_bytes(str(tmp_path / name))


def test_a_file_without_permission_says_so(tmp_path, monkeypatch):
    def forbidden(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(SourceError, match="cannot be read: Permission denied"):
        read_bytes(str(tmp_path / "f.json"))


def test_closed_standard_input_is_no_crash(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SourceError, match="standard input is closed"):
        read_bytes("-")
