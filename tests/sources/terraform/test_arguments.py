"""`after`, `after_unknown` and `after_sensitive` become one value."""

from __future__ import annotations

import pytest

from scanner.model.values import UNKNOWN
from scanner.sources.terraform.arguments import Arguments, known


@pytest.mark.parametrize(
    ("after", "unknown", "expected"),
    [
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, {"b": True}, {"a": 1, "b": UNKNOWN}),
        ({"a": {"b": 1}}, {"a": {"b": True}}, {"a": {"b": UNKNOWN}}),
        ({"a": None}, {"a": True}, {"a": UNKNOWN}),
        (None, True, UNKNOWN),
        ([{"a": 1}, {}], [{}, {"a": True}], [{"a": 1}, {"a": UNKNOWN}]),
        ([None, "x"], [True], [UNKNOWN, "x"]),
        (None, {"a": True}, {"a": UNKNOWN}),
        ({"a": 1}, {"b": {}, "c": []}, {"a": 1}),
        ({"a": 1}, [True], {"a": 1}),
        ([1], {"a": True}, [1]),
        ("text", {"a": True}, "text"),
    ],
)
def test_what_is_unknown_is_unknown_exactly_there(after, unknown, expected):
    assert known(after, unknown) == expected


@pytest.mark.parametrize(
    ("after", "sensitive", "expected"),
    [
        ({"a": "secret", "b": 1}, {"a": True}, {"a": UNKNOWN, "b": 1}),
        ({"tags": {"owner": "me"}}, {"tags": True}, {"tags": UNKNOWN}),
        ({"a": None}, {"a": True}, {"a": None}),
        ([{"key": "secret"}], [{"key": True}], [{"key": UNKNOWN}]),
        ({"a": "secret"}, {"b": True}, {"a": "secret"}),
    ],
)
def test_what_is_sensitive_is_not_shown(after, sensitive, expected):
    assert known(after, {}, sensitive) == expected


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_an_argument_without_a_value_takes_the_default(value):
    assert Arguments({"a": value}).get("a", "default") == "default"


@pytest.mark.parametrize("value", [0, False, "x", [0]])
def test_a_value_wins_over_the_default(value):
    assert Arguments({"a": value}).get("a", "default") == value


def test_a_value_that_is_not_known_yet_wins_over_the_default():
    assert Arguments({}, {"a": True}).get("a", "default") is UNKNOWN


def test_nothing_is_known_where_the_whole_is_not():
    assert Arguments({"a": 1}, True).get("b") is UNKNOWN
    assert Arguments({"a": 1}, sensitive=True).get("a") is UNKNOWN
    assert Arguments({"a": 1}, sensitive=True).get("b") is None


@pytest.mark.parametrize("odd", [[], 3, "x", None, [{}]])
def test_what_is_no_object_has_no_arguments(odd):
    assert Arguments(odd, odd, odd).get("a") is None


@pytest.mark.parametrize(
    ("value", "unknown", "expected"),
    [
        ([{"name": "S0"}], None, "S0"),
        ({"name": "S0"}, None, "S0"),
        ([{"name": "S0"}], [{"name": True}], UNKNOWN),
        ([], True, UNKNOWN),
        ([None], None, None),
        ("text", None, None),
    ],
)
def test_a_block_is_a_list_of_objects(value, unknown, expected):
    arguments = Arguments({"sku": value}, {"sku": unknown})

    assert arguments.block("sku", lambda block: block.get("name")) == expected
