"""YAML is read with the place of every node, and nothing in it can hurt."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import PolicyError
from scanner.policies.yaml_document import MAX_BYTES, read_yaml


def value_of(text: str):
    (document,) = read_yaml(text.encode(), "p.yaml")
    return document.value


def problem_of(text: str | bytes):
    with pytest.raises(PolicyError) as raised:
        read_yaml(text if isinstance(text, bytes) else text.encode(), "p.yaml")
    (problem,) = raised.value.problems
    assert problem.file == "p.yaml"
    return problem


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{a: 1}", {"a": 1}),
        ('{"a": [1, 2.5, true, null, "x"]}', {"a": [1, 2.5, True, None, "x"]}),
        ("a: yes\nb: Off", {"a": True, "b": False}),
        ("a: ~\nb:", {"a": None, "b": None}),
        ("a: 2026-11-24", {"a": "2026-11-24"}),
        ("a: 2026-11-24T08:00:00Z", {"a": "2026-11-24T08:00:00Z"}),
        ("a: 12:30:45", {"a": "12:30:45"}),
        ("a: 1_000", {"a": 1000}),
        ("a: 0x1f", {"a": 31}),
        ("a: 1e5", {"a": "1e5"}),
        ("a: " + "9" * 5000, {"a": "9" * 5000}),
        ("1: one\ntrue: two", {"1": "one", "true": "two"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("a: >-\n  one\n  two", {"a": "one two"}),
        ("\ufeffa: 1", {"a": 1}),
        ("a: 'ключ 鍵 🔑'", {"a": "ключ 鍵 🔑"}),
    ],
)
def test_yaml_becomes_plain_values(text, value):
    assert value_of(text) == value


def test_utf_16_as_powershell_writes_it_is_read():
    (document,) = read_yaml("a: é".encode("utf-16"), "p.yaml")
    assert document.value == {"a": "é"}


def test_a_file_may_hold_several_documents_or_none():
    assert [document.value for document in read_yaml(b"a: 1\n---\nb: 2\n", "p")] == [{"a": 1}, {"b": 2}]
    assert read_yaml(b"", "p") == []
    assert read_yaml(b"# only a comment\n", "p") == []


def test_every_node_knows_its_place():
    (document,) = read_yaml(b"a: 1\nlist:\n  - x\n  - y: 5\n", "p")
    assert (document.place / "a").position() == (1, 1)
    assert (document.place / "list" / 1).position() == (4, 5)
    assert (document.place / "list" / 1 / "y").position() == (4, 5)
    assert (document.place / "list" / 1 / "absent").position() == (4, 5)
    assert (document.place / "absent").position() == (1, 1)


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a: 1\na: 2", 2, 1, "the key 'a' stands twice"),
        ("x:\n  b: 1\n  b: 1", 3, 3, "the key 'b' stands twice"),
        ("a: [1\nb: 2", 2, 2, "YAML cannot be read"),
        ("a: 1\n b: 2", 2, 3, "YAML cannot be read"),
        ("a: *unknown", 1, 4, "undefined alias"),
        ("a:\n  b: 1\n\tc: 2", 3, 1, "YAML cannot be read"),
        ("<<: {a: 1}", 1, 1, "merge keys"),
        ("? [a, b]\n: 1", 1, 3, "a key must be a text"),
        ("a: !secret x", 1, 4, "the tag !secret is not supported"),
        ("a: !secret {b: 1}", 1, 4, "the tag !secret is not supported"),
        ("a: .nan", 1, 4, "is no number"),
        ("a: -.inf", 1, 4, "is no number"),
        ("a: 1.0e+999", 1, 4, "is no number"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_column(text, line, column, words):
    problem = problem_of(text)
    assert words in problem.message
    assert (problem.line, problem.column) == (line, column)


def test_text_of_another_encoding_is_refused_with_its_line():
    problem = problem_of(b"a: 1\nname: caf\xe9 ol\xe9\n")
    assert problem.line == 2
    assert "is not UTF-8 text" in problem.message


def test_python_objects_are_never_built():
    assert value_of("a: !!python/object/apply:os.system ['false']") == {"a": ["false"]}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 100_000 + "x",
        "a: " + "[" * 150 + "]" * 150,
        "".join(" " * depth + "a:\n" for depth in range(150)),
        "a: &a [*a]",
    ],
)
def test_deep_nesting_is_refused_and_kills_nothing(text):
    assert "nested more than 100 deep" in problem_of(text).message


def test_aliases_that_multiply_are_refused():
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    assert "has too many nodes" in problem_of(bomb).message


def test_a_file_too_large_for_a_policy_is_refused_before_it_is_read():
    assert "larger than 5 MB" in problem_of(b"a" * (MAX_BYTES + 1)).message


@given(st.binary() | st.text().map(str.encode) | st.from_regex(r"[-a:\[\]{}&*!|>'\" \n#?,0-9.]{0,40}").map(str.encode))
def test_no_bytes_raise_anything_but_a_policy_error(data):
    with contextlib.suppress(PolicyError):
        read_yaml(data, "p.yaml")
