"""Tests of `union` and `intersection`, which compare the members of arrays."""

from __future__ import annotations

import time

import pytest

from scanner.expressions.functions import TEMPLATE
from scanner.expressions.functions.arguments import identical, mark

VALUES = [
    None,
    True,
    False,
    0,
    1,
    1.0,
    1.5,
    1e300,
    "",
    "1",
    "true",
    "null",
    "A",
    "a",
    "é",
    '"',
    [],
    [1],
    ["1"],
    [[1]],
    [1, 2],
    ["1,2"],
    {},
    {"a": 1},
    {"a": 1.0, "b": [True]},
    {"b": [True], "a": 1},
    {"b": [1], "a": 1},
    {"A": 1},
]


@pytest.mark.parametrize("one", VALUES)
def test_values_share_a_mark_where_they_are_identical(one):
    assert [mark(one) == mark(other) for other in VALUES] == [identical(one, other) for other in VALUES]


def test_the_first_of_identical_members_stays_where_it_is():
    assert TEMPLATE["union"].call([3, 1, 3], [{"a": 1}, 1], [{"a": 1.0}, "1", True]) == [3, 1, {"a": 1}, "1", True]


def test_an_intersection_keeps_what_all_arrays_hold():
    assert TEMPLATE["intersection"].call([1, "1", True, [2], 1], [True, [2], 1, 4], [1, [2]]) == [1, [2], 1]


@pytest.mark.parametrize("name", ["union", "intersection"])
def test_large_arrays_take_no_time(name):
    members = [{"name": f"n{at}"} for at in range(10_000)]
    started = time.perf_counter()

    assert TEMPLATE[name].call(members, members) == members
    assert time.perf_counter() - started < 5
