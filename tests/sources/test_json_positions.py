"""Lines of JSON pointers."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scanner.sources.json_document import read_document
from scanner.sources.json_positions import lines_of, pointer

TEXT = """
{"a": [1, {"b":
  [true,
   "x\\"]}"]}, {}],

 "c/d~": {
   "": null, "e": [[2,
3]]}}"""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def test_a_pointer_has_the_line_its_value_begins_on():
    wanted = ["", "/a", "/a/1", "/a/1/b/1", "/a/2", "/c~1d~0", "/c~1d~0/", "/c~1d~0/e/0/1"]
    assert list(lines_of(TEXT, wanted).items()) == list(zip(wanted, [2, 2, 2, 4, 4, 6, 7, 8], strict=True))


def test_a_pointer_to_nothing_has_no_line():
    assert lines_of(TEXT, ["/a/3", "/b", "/a/x", "/a/0/0", "/c~1d~0/e/0/1"]) == {"/c~1d~0/e/0/1": 8}
    assert lines_of(TEXT, []) == {}


def places(value: Any, tokens: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [tokens, *(place for key, inner in members for place in places(inner, (*tokens, key)))]


@given(value=JSON)
def test_what_stands_on_one_line_is_found_there_too(value):
    text = "\n " + json.dumps(value) + "\n"
    wanted = [*(pointer(*place) for place in places(value)), "/none", "/0/9/x", "/~01"]
    document = read_document(text.encode(), "one-line.json")
    assert document.lines(wanted) == lines_of(text, wanted)
    assert set(document.lines(wanted).values()) <= {2}


@given(value=JSON)
def test_every_value_of_an_indented_text_is_found_where_it_stands(value):
    text = json.dumps(value, indent=1)
    wanted = {pointer(*place): place for place in places(value)}
    lines = lines_of(text, wanted)
    assert set(lines) == set(wanted)
    rows = text.split("\n")
    for name, place in wanted.items():
        inner = value
        for token in place:
            inner = inner[token]
        first = json.dumps(inner, indent=1).split("\n")[0]
        assert first in rows[lines[name] - 1]
