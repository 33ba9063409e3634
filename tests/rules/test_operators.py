"""Every operator in all three truth values: what is there, what the policy expects, what comes out."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.values import MISSING, UNKNOWN, Truth
from scanner.rules.operators import OPERATORS, prepare
from tests.factories import AS_OF, days_before

T, F, U = True, False, None

EQUALS = [
    ("OpenAI", "openai", T),
    ("OpenAI", "AIServices", F),
    ("", "", T),
    ("", "x", F),
    (10, 10, T),
    (10, 10.0, T),
    (10, "10", T),
    ("10", 10, T),
    ("10.0", 10, T),
    ("1e3", 1000, T),
    ("1_000", 1000, F),
    (10, 11, F),
    (10, "ten", F),
    (10**400, 10**400, T),
    (10**400, 10**401, F),
    (True, True, T),
    (True, False, F),
    (True, "true", T),
    ("True", True, T),
    ("false", False, T),
    (True, "yes", F),
    (True, 1, F),
    (0, False, F),
    ("1", True, F),
    ("PT60M", "PT1H", T),
    ("pt60m", "PT1H", T),
    ("P1D", "PT24H", T),
    ("PT61M", "PT1H", F),
    ("soon", "PT1H", F),
    (3600, "PT1H", F),
    ("2026-11-24T08:00:00Z", "2026-11-24T09:00:00+01:00", T),
    ("2026-11-24T08:00:00.0000000Z", "2026-11-24T08:00:00Z", T),
    ("2026-11-24T08:00:01Z", "2026-11-24T08:00:00Z", F),
    ("2026-11-24", "2026-11-24T00:00:00Z", T),
    ([1, "a"], [1, "A"], T),
    ([1], [1, 2], F),
    ({"Key": "v"}, {"key": "V"}, T),
    ({"key": "v"}, {"key": "v", "other": 1}, F),
    ([], [], T),
    ({}, {}, T),
    ([], {}, F),
    ("a", ["a"], F),
    ("a", None, F),
    ([UNKNOWN], ["a"], U),
    ({"a": [UNKNOWN]}, {"a": ["b"]}, U),
    (MISSING, "x", F),
    (MISSING, None, T),
    (UNKNOWN, "x", U),
    (UNKNOWN, None, U),
]

IN = [
    ("GlobalStandard", ["standard", "globalstandard"], T),
    ("Premium", ["standard", "globalstandard"], F),
    (10, ["10", "20"], T),
    ("10", [10, 20], T),
    (True, ["true"], T),
    (1, [True], F),
    ("PT60M", ["PT1H"], T),
    ("x", [], F),
    (["a"], [["A"]], T),
    ([UNKNOWN], [["a"]], U),
    (MISSING, ["x"], F),
    (MISSING, ["x", None], T),
    (UNKNOWN, ["x"], U),
]

LIKE = [
    ("gpt-4.1-mini", "gpt-4*", T),
    ("GPT-4.1", "gpt*1", T),
    ("gpt-4.1", "gpt-4", F),
    ("a.b", "a?b", F),
    ("line\nbreak", "line*", T),
    ("", "*", T),
    ("x", "", F),
    (42, "4*", T),
    (True, "t*", T),
    (["gpt"], "gpt", F),
    (MISSING, "*", F),
    (UNKNOWN, "*", U),
]

MATCH = [
    ("ab12", "??##", T),
    ("AB12", "ab##", F),
    ("ab12", "ab##", T),
    ("ab1", "ab##", F),
    ("ab-1", "ab.#", T),
    ("ab+1", "ab+#", T),
    ("é1", "?#", F),
    (12, "##", F),
    (MISSING, "...", F),
    (UNKNOWN, "...", U),
]

MATCH_INSENSITIVELY = [("AB12", "ab##", T), ("ax12", "ab##", F), (MISSING, ".", F), (UNKNOWN, ".", U)]

CONTAINS = [
    ("GlobalProvisionedManaged", "provisioned", T),
    ("GlobalStandard", "provisioned", F),
    (["a", "B"], "b", T),
    ([10, 20], "10", T),
    (["a"], "b", F),
    ([], "b", F),
    ([UNKNOWN], "b", U),
    ([UNKNOWN, "b"], "b", T),
    (12345, "34", T),
    (True, "ru", T),
    ({"b": 1}, "b", F),
    ("null", None, F),
    (MISSING, "b", F),
    (UNKNOWN, "b", U),
]

CONTAINS_KEY = [
    ({"Owner": "x"}, "owner", T),
    ({"team": "x"}, "owner", F),
    ({"owner": None}, "owner", T),
    ({"owner": UNKNOWN}, "owner", T),
    (["owner"], "owner", F),
    ("owner", "owner", F),
    (MISSING, "owner", F),
    (UNKNOWN, "owner", U),
]

EXISTS = [
    ("x", True, T),
    ("", True, T),
    ([], True, T),
    (0, True, T),
    (False, "true", T),
    ("x", "False", F),
    ("x", False, F),
    (MISSING, True, F),
    (MISSING, "TRUE", F),
    (MISSING, False, T),
    (UNKNOWN, True, U),
    (UNKNOWN, False, U),
]

LESS = [
    (1, 2, T),
    (2, 2, F),
    (1.5, 2, T),
    ("1", 2, T),
    (1, "2", T),
    (3, "2", F),
    (" 1 ", 2, T),
    ("one", 2, U),
    (True, 2, U),
    ([1], 2, U),
    ({}, 2, U),
    (10**400, 2, F),
    ("9" * 399, 2, U),
    ("PT59M", "PT1H", T),
    ("PT60M", "PT1H", F),
    ("P1DT1H", "P1D", F),
    ("soon", "PT1H", U),
    (60, "PT1H", U),
    ("2026-11-23", "2026-11-24T08:00:00Z", T),
    ("2026-11-25", "2026-11-24T08:00:00Z", F),
    ("yesterday", "2026-11-24T08:00:00Z", U),
    ("abc", "b", T),
    ("B", "abc", F),
    (1, "abc", U),
    (MISSING, 2, F),
    (UNKNOWN, 2, U),
]

AT_THE_LIMIT = [(2, 2, T), ("2", 2, T), ("PT60M", "PT1H", T), ("abc", "ABC", T), (MISSING, 2, F), (UNKNOWN, 2, U)]

OLDER_THAN = [
    (days_before(7), "P7D", T),
    (days_before(6.99), "P7D", F),
    (days_before(8), "P7D", T),
    ("2020-01-01", "P1Y", T),
    ("2030-01-01T00:00:00Z", "PT0S", F),
    ("long ago", "P7D", U),
    (20200101, "P7D", U),
    (MISSING, "P7D", F),
    (UNKNOWN, "P7D", U),
]


def outcome(operator: str, actual: Any, expected: Any) -> Truth:
    return prepare(OPERATORS[operator], expected)(actual, AS_OF)


def mirrored(rows: list[tuple[Any, Any, Truth]]) -> list[tuple[Any, Any, Truth]]:
    return [(actual, expected, None if truth is None else not truth) for actual, expected, truth in rows]


TABLES = {
    "equals": EQUALS,
    "notEquals": mirrored(EQUALS),
    "in": IN,
    "notIn": mirrored(IN),
    "like": LIKE,
    "notLike": mirrored(LIKE),
    "match": MATCH,
    "notMatch": mirrored(MATCH),
    "matchInsensitively": MATCH_INSENSITIVELY,
    "notMatchInsensitively": mirrored(MATCH_INSENSITIVELY),
    "contains": CONTAINS,
    "notContains": mirrored(CONTAINS),
    "containsKey": CONTAINS_KEY,
    "notContainsKey": mirrored(CONTAINS_KEY),
    "exists": EXISTS,
    "less": LESS,
    "lessOrEquals": AT_THE_LIMIT,
    "greaterOrEquals": AT_THE_LIMIT,
    "greater": [(3, 2, T), (2, 2, F), ("PT2H", "PT1H", T), ("x", 2, U), (MISSING, 2, F), (UNKNOWN, 2, U)],
    "olderThan": OLDER_THAN,
    "youngerThan": [
        (days_before(6.99), "P7D", T),
        (days_before(7), "P7D", F),
        ("2030-01-01T00:00:00Z", "PT0S", T),
        ("long ago", "P7D", U),
        (MISSING, "P7D", F),
        (UNKNOWN, "P7D", U),
    ],
}


def test_every_operator_has_a_table_with_all_three_truth_values():
    assert set(TABLES) == set(OPERATORS)
    for name, rows in TABLES.items():
        assert {truth for _, _, truth in rows} == {True, False, None}, name


@pytest.mark.parametrize(
    ("operator", "actual", "expected", "truth"),
    [(operator, *row) for operator, rows in TABLES.items() for row in rows],
    ids=lambda value: repr(value)[:30],
)
def test_an_operator_compares_as_azure_policy_does(operator, actual, expected, truth):
    assert outcome(operator, actual, expected) is truth


@pytest.mark.parametrize(
    ("operator", "expected", "words"),
    [
        ("in", "Standard", "takes a list"),
        ("notIn", {"a": 1}, "takes a list"),
        ("like", 5, "takes a text"),
        ("match", ["#"], "takes a pattern"),
        ("containsKey", 5, "takes the name of a key"),
        ("less", [1], "takes a number"),
        ("less", None, "takes a number"),
        ("greater", True, "takes a number"),
        ("exists", "maybe", "takes true or false"),
        ("exists", 1, "takes true or false"),
        ("olderThan", "a week", "takes an ISO 8601 duration"),
        ("youngerThan", 7, "takes an ISO 8601 duration"),
    ],
)
def test_an_operator_refuses_what_it_cannot_compare_with(operator, expected, words):
    with pytest.raises(ValueError, match=words):
        prepare(OPERATORS[operator], expected)
