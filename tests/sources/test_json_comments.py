"""JSON with comments, as templates may be written."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import SourceError
from scanner.sources.json_comments import without_comments
from scanner.sources.json_document import read_document

TEMPLATE = """{ // what it is
  "url": "https://example.com//a", /* not
  this one */ "text": "/* kept */ , ] // too",
  "list": [1, 2, /* last */ // really
  ],
}
"""


def test_comments_and_trailing_commas_become_blanks_where_they_stood():
    blanked = without_comments(TEMPLATE)
    assert json.loads(blanked) == {
        "url": "https://example.com//a",
        "text": "/* kept */ , ] // too",
        "list": [1, 2],
    }
    assert [len(row) for row in blanked.split("\n")] == [len(row) for row in TEMPLATE.split("\n")]


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_strict_json_stays_as_it_is(value):
    text = json.dumps(value, ensure_ascii=False)
    assert without_comments(text) == text


def test_a_document_keeps_its_lines():
    document = read_document(TEMPLATE.encode(), "main.json")
    assert document.lenient
    assert document.lines(["/list", "/text"]) == {"/list": 4, "/text": 3}
    assert not read_document(b'{"a": 1}', "main.json").lenient


def test_a_text_may_go_over_lines_in_a_template():
    assert read_document(b'{"a": "[concat(\n  1)]"}', "main.json").value == {"a": "[concat(\n  1)]"}


@pytest.mark.parametrize(
    ("text", "line"), [("{\n  /* no end", 2), ('{"a": 1 // x\n "b": 2}', 2), ('{"a": 1,\n "a": 2 /* twice */}', 2)]
)
def test_what_is_no_json_either_way_is_refused_with_its_line(text, line):
    with pytest.raises(SourceError) as refused:
        read_document(text.encode(), "main.json")
    assert refused.value.problems[0].line == line


@pytest.mark.parametrize(
    "text", ["/* " * 100_000, '\\"' * 100_000, ", /* " * 100_000], ids=["comment", "text", "comma"]
)
def test_what_does_not_end_is_looked_at_once_and_left_as_it_is(text):
    started = time.monotonic()
    assert without_comments(text) == text
    assert time.monotonic() - started < 5
