"""Conditions against a second interpreter, which walks the tree and the JSON in the plainest way there is.

It shares no code with azgate: what a text spells is looked up in tables, and trees and resources are made of those
texts. Random trees over random resources must get the same answer from both, and an answer that is given although
something is unknown must be the answer for every value that the unknown may turn out to be.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.resource import Origin, Resource
from scanner.model.values import UNKNOWN
from scanner.rules.environment import Environment
from tests.factories import AS_OF, compiled, make_inventory

DURATIONS = {"PT1H": 3600, "PT60M": 3600, "P1D": 86400, "PT24H": 86400, "pt0s": 0, "P1W": 604800}
MOMENTS = {
    "2026-11-24T08:00:00Z": datetime(2026, 11, 24, 8, tzinfo=UTC),
    "2026-11-24T09:00:00+01:00": datetime(2026, 11, 24, 8, tzinfo=UTC),
    "2026-11-20T00:00:00.0000000Z": datetime(2026, 11, 20, tzinfo=UTC),
    "2026-11-20": datetime(2026, 11, 20, tzinfo=UTC),
}
NUMERALS = {"1": 1, "5": 5, "5.0": 5.0, "-1": -1, "1e1": 10.0}
WORDS = ["Standard", "standard", "GlobalStandard", "", "true", "False", "ab12", "AB12", "a*", "East US"]
TEXTS = [*WORDS, *DURATIONS, *MOMENTS, *NUMERALS]
NUMBERS = [0, 1, 5, 5.0, 10, -1, 2.5]
KEYS = ["a", "b", "c", "Env"]
NOTHING = object()
"""A missing field."""
NO_ARRAY = object()


# What a value is ------------------------------------------------------------------------------------------------


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def worth(value: Any) -> Any:
    """Give a number or the number that a text spells."""
    return value if is_number(value) else NUMERALS.get(value) if isinstance(value, str) else None


def written(value: Any) -> str | None:
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if is_number(value) else None


def is_same(actual: Any, expected: Any) -> bool:
    if isinstance(actual, str) and isinstance(expected, str):
        if actual.lower() == expected.lower():
            return True
        if expected in DURATIONS:
            return DURATIONS.get(actual) == DURATIONS[expected]
        # A date without a time is a text among texts.
        return expected in MOMENTS and "T" in expected and MOMENTS.get(actual) == MOMENTS[expected]
    if isinstance(actual, bool) or isinstance(expected, bool):
        return not is_number(actual) and not is_number(expected) and written(actual) == written(expected) is not None
    if worth(actual) is not None and worth(expected) is not None:
        return worth(actual) == worth(expected)
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(is_same(a, b) for a, b in zip(actual, expected, strict=True))
    if isinstance(actual, dict) and isinstance(expected, dict):
        left, right = ({key.lower(): value for key, value in each.items()} for each in (actual, expected))
        return left.keys() == right.keys() and all(is_same(left[key], right[key]) for key in left)
    return actual is None and expected is None


def order(actual: Any, expected: Any) -> int | None:
    """Give -1, 0 or 1; None where the two are no things of one kind."""
    if worth(expected) is not None:
        left, right = worth(actual), worth(expected)
    elif not isinstance(actual, str):
        return None
    elif expected in DURATIONS:
        left, right = DURATIONS.get(actual), DURATIONS[expected]
    elif expected in MOMENTS:
        left, right = MOMENTS.get(actual), MOMENTS[expected]
    else:
        left, right = actual.lower(), expected.lower()
    return None if left is None else (left > right) - (left < right)


def fits(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(fits(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return bool(text) and text[0] == pattern[0] and fits(pattern[1:], text[1:])


def matches(pattern: str, text: Any) -> bool:
    if not isinstance(text, str) or len(text) != len(pattern):
        return False
    letters = "abcdefghijklmnopqrstuvwxyz"
    allowed = {"#": "0123456789", "?": letters + letters.upper()}
    return all(
        sign in allowed.get(wish, sign if wish == "." else wish) for wish, sign in zip(pattern, text, strict=True)
    )


# What a condition says ------------------------------------------------------------------------------------------


def contained(actual: Any, expected: Any) -> bool:
    if isinstance(actual, list):
        return any(is_same(one, expected) for one in actual)
    return None not in (written(actual), written(expected)) and written(expected) in written(actual)


def age(actual: Any) -> timedelta | None:
    moment = MOMENTS.get(actual) if isinstance(actual, str) else None
    return None if moment is None else AS_OF - moment


ABSENT = {
    "equals": lambda expected: expected is None,
    "in": lambda expected: None in expected,
    "exists": lambda expected: expected in (False, "false"),
}
"""What holds of a missing field; nothing else does."""
ON_VALUES = {
    "equals": is_same,
    "in": lambda actual, expected: any(is_same(actual, one) for one in expected),
    "contains": contained,
    "containsKey": lambda actual, key: isinstance(actual, dict) and key.lower() in {name.lower() for name in actual},
    "like": lambda actual, pattern: written(actual) is not None and fits(pattern.lower(), written(actual)),
    "match": lambda actual, pattern: matches(pattern, actual),
    "matchInsensitively": lambda actual, pattern: isinstance(actual, str) and matches(pattern.lower(), actual.lower()),
    "exists": lambda _, expected: expected in (True, "true"),
    "olderThan": lambda actual, limit: _with(age(actual), lambda old: old >= timedelta(seconds=DURATIONS[limit])),
    "youngerThan": lambda actual, limit: _with(age(actual), lambda old: old < timedelta(seconds=DURATIONS[limit])),
    "less": lambda actual, limit: _with(order(actual, limit), lambda sign: sign < 0),
    "lessOrEquals": lambda actual, limit: _with(order(actual, limit), lambda sign: sign <= 0),
    "greater": lambda actual, limit: _with(order(actual, limit), lambda sign: sign > 0),
    "greaterOrEquals": lambda actual, limit: _with(order(actual, limit), lambda sign: sign >= 0),
}


def _with(value: Any, test: Any) -> bool | None:
    return None if value is None else test(value)


def positive(operator: str, actual: Any, expected: Any) -> bool | None:
    if actual is NOTHING:
        return ABSENT[operator](expected) if operator in ABSENT else False
    return ON_VALUES[operator](actual, expected)


def turned(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def holds(operator: str, actual: Any, expected: Any) -> bool | None:
    if operator.startswith("not"):
        return turned(positive(operator[3].lower() + operator[4:], actual, expected))
    return positive(operator, actual, expected)


def step(container: Any, key: str) -> Any:
    if not isinstance(container, dict):
        return NOTHING
    value = {name.lower(): value for name, value in container.items()}.get(key.lower())
    return NOTHING if value is None else value


def selected(container: Any, keys: list[str]) -> Any:
    """Give the value, or with a `*` among the keys the list of values, NO_ARRAY where there is none."""
    for at, key in enumerate(keys):
        if key != "*":
            container = step(container, key)
            continue
        if not isinstance(container, list):
            return NO_ARRAY
        rest, values = keys[at + 1 :], []
        for member in container:
            found = selected(NOTHING if member is None else member, rest)
            values += [] if found is NO_ARRAY else found if "*" in rest else [found]
        return values
    return container


def keys_of(path: str) -> list[str]:
    return path.replace("[*]", ".*").split(".")


def read(path: str, body: Any, members: dict[str, Any]) -> tuple[Any, bool]:
    """Give what a field selects, and whether that is a list of values: the member of the innermost count first."""
    for counted in reversed(members):
        if path == counted:
            member = members[counted]
            return (NOTHING if member is None else member), False
        if path.startswith(f"{counted}.") and not counted.startswith("("):
            keys = keys_of(path[len(counted) + 1 :])
            return selected(members[counted], keys), "*" in keys
    keys = keys_of(path)
    return selected(body, keys), "*" in keys


def plain(value: Any, members: dict[str, Any]) -> Any:
    """Give a value with the one expression that trees here contain."""
    return members["(index"] if value == "[current('index')]" else value


def leaf(node: dict[str, Any], body: Any, members: dict[str, Any]) -> bool | None:
    operator = next(key for key in node if key in OPERATORS)
    expected = plain(node[operator], members)
    if "value" in node:
        value = plain(node["value"], members)
        return holds(operator, NOTHING if value is None else value, expected)
    answer = {"pass": True, "fail": False, "unknown": None}
    missing = node.get("ifMissing")
    found, many = read(node["field"], body, members)
    if found is NO_ARRAY:
        return answer[missing] if missing else True
    truths = [
        answer[missing] if missing and one is NOTHING else holds(operator, one, expected)
        for one in (found if many else [found])
    ]
    return both(truths)


def both(truths: list[bool | None]) -> bool | None:
    return False if False in truths else None if None in truths else True


def naive(node: dict[str, Any], body: Any, members: dict[str, Any]) -> bool | None:
    if "allOf" in node:
        return both([naive(part, body, members) for part in node["allOf"]])
    if "anyOf" in node:
        return turned(both([turned(naive(part, body, members)) for part in node["anyOf"]]))
    if "not" in node:
        return turned(naive(node["not"], body, members))
    if "count" not in node:
        return leaf(node, body, members)
    count, operator = node["count"], next(key for key in node if key in OPERATORS)
    if "value" in count:
        name, found = "(index", count["value"]
    else:
        name, (found, many) = count["field"], read(count["field"], body, members)
        found = [] if found is NO_ARRAY or found is NOTHING else found if many else [found]
    truths = [
        True if "where" not in count else naive(count["where"], body, {**members, name: member}) for member in found
    ]
    sure, perhaps = truths.count(True), len(truths) - truths.count(False)
    answers = {holds(operator, number, node[operator]) for number in range(sure, perhaps + 1)}
    return answers.pop() if len(answers) == 1 else None


# Random trees and resources -------------------------------------------------------------------------------------

scalars = st.one_of(st.sampled_from(TEXTS), st.sampled_from(NUMBERS), st.booleans(), st.none())
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)),
    max_leaves=6,
)
inner_arrays = st.lists(st.one_of(st.fixed_dictionaries({}, optional={"c": scalars}), scalars), max_size=3)
members_of_arrays = st.fixed_dictionaries({}, optional={"a": scalars, "b": st.one_of(inner_arrays, scalars)})
arrays = st.one_of(st.lists(st.one_of(members_of_arrays, members_of_arrays, scalars), max_size=4), scalars)
resources = st.fixed_dictionaries(
    {
        "kind": scalars,
        "properties": st.fixed_dictionaries(
            {"items": st.one_of(st.lists(members_of_arrays, max_size=4), arrays, arrays)},
            optional={"a": values, "b": st.fixed_dictionaries({}, optional={"C": values})},
        ),
    },
    optional={
        "tags": st.dictionaries(st.sampled_from(KEYS), scalars, max_size=3),
        "sku": st.one_of(st.fixed_dictionaries({}, optional={"NAME": scalars, "capacity": scalars}), scalars),
    },
)

PATHS = ["kind", "sku.name", "Sku.Capacity", "tags", "tags.env", "properties.a", "properties.b.c", "properties.none"]
ARRAYS = ["properties.items[*]", "properties.items[*].b[*]"]
IN_ARRAYS = ["properties.items[*].a", "properties.items[*].none", "properties.items[*].b[*].c", *ARRAYS]

texts = st.sampled_from(TEXTS)
limits = st.one_of(st.sampled_from(NUMBERS), texts)
patterns = st.sampled_from(["##", "??##", "ab..", "AB##", "", ".", "#", "PT1H"])
EXPECTED = {
    **dict.fromkeys(("equals", "notEquals", "contains", "notContains"), values),
    **dict.fromkeys(("in", "notIn"), st.lists(values, max_size=3)),
    **dict.fromkeys(
        ("like", "notLike"), st.sampled_from(["*standard", "a*", "*", "", "*1*", "tr*e", "5*", "Standard"])
    ),
    **dict.fromkeys(("match", "notMatch", "matchInsensitively", "notMatchInsensitively"), patterns),
    **dict.fromkeys(("containsKey", "notContainsKey"), st.sampled_from(["A", "env", "nothing"])),
    **dict.fromkeys(("less", "lessOrEquals", "greater", "greaterOrEquals"), limits),
    "exists": st.sampled_from([True, False, "true", "false"]),
    **dict.fromkeys(("olderThan", "youngerThan"), st.sampled_from(list(DURATIONS))),
}
OPERATORS = frozenset(EXPECTED)
COUNTED = st.sampled_from(["equals", "notEquals", "less", "lessOrEquals", "greater", "greaterOrEquals"])


@st.composite
def comparisons(draw: Any, *, indexed: bool) -> dict[str, Any]:
    """Give an operator and what it expects, which in a count over a value may be the member at hand."""
    operator = draw(st.sampled_from(sorted(EXPECTED)))
    if indexed and operator in {"equals", "notEquals", "contains", "notContains"} and draw(st.booleans()):
        return {operator: "[current('index')]"}
    return {operator: draw(EXPECTED[operator])}


@st.composite
def trees(draw: Any, depth: int = 3, *, paths: list[str] = PATHS + IN_ARRAYS, indexed: bool = False) -> dict[str, Any]:
    """Give a condition tree; inside a count most of its fields are those of the member at hand."""
    shape = draw(st.sampled_from(["leaf", "leaf", "value", "not", "group", "count", "values"] if depth else ["leaf"]))
    below = trees(depth - 1, paths=paths, indexed=indexed) if depth else st.nothing()
    if shape == "not":
        return {"not": draw(below)}
    if shape == "group":
        return {draw(st.sampled_from(["allOf", "anyOf"])): draw(st.lists(below, min_size=1, max_size=3))}
    if shape == "count":
        count: dict[str, Any] = {"field": draw(st.sampled_from(ARRAYS))}
        if draw(st.sampled_from([True, True, False])):
            inside = [*(path for path in IN_ARRAYS if path.startswith(count["field"])), *ARRAYS, "kind"]
            count["where"] = draw(trees(depth - 1, paths=inside, indexed=indexed))
        return {"count": count, draw(COUNTED): draw(st.sampled_from([0, 1, 2, "1", 1.0]))}
    if shape == "values":
        count = {"value": draw(st.lists(scalars, max_size=3)), "name": "index"}
        if draw(st.sampled_from([True, True, False])):
            count["where"] = draw(trees(depth - 1, paths=paths, indexed=True))
        return {"count": count, draw(COUNTED): draw(st.sampled_from([0, 1, 2]))}
    comparison = draw(comparisons(indexed=indexed))
    if shape == "value":
        value = "[current('index')]" if indexed and draw(st.booleans()) else draw(values)
        return {"value": value, **comparison}
    node = {"field": draw(st.sampled_from(paths)), **comparison}
    return {**node, "ifMissing": draw(st.sampled_from(["pass", "fail", "unknown"]))} if draw(st.booleans()) else node


def answer(tree: dict[str, Any], body: dict[str, Any]) -> bool | None:
    resource = Resource({"id": "/subscriptions/s/providers/P/t/n", **body}, Origin("azure"))
    env = Environment(make_inventory(resource), AS_OF)
    condition = compiled(tree)
    truth = condition.test(resource, env)
    assert condition.explain(resource, env).truth is truth
    return truth


@settings(max_examples=500)
@given(trees(), st.lists(resources, min_size=1, max_size=4))
def test_a_condition_says_what_the_plainest_reading_of_it_says(tree, bodies):
    for body in bodies:
        assert answer(tree, body) is naive(tree, body, {})


full = st.fixed_dictionaries(
    {"a": scalars, "b": st.lists(st.fixed_dictionaries({"c": scalars}), min_size=1, max_size=3)}
)
with_members = st.builds(
    lambda members, kind: {"kind": kind, "properties": {"items": members}},
    st.lists(st.one_of(full, members_of_arrays), min_size=1, max_size=4),
    scalars,
)


@settings(max_examples=300)
@given(
    st.sampled_from(ARRAYS),
    trees(1, paths=[*IN_ARRAYS, "kind"]),
    COUNTED,
    st.integers(0, 4),
    st.lists(with_members, min_size=3, max_size=6),
)
def test_a_count_counts_what_counting_by_hand_counts(array, where, operator, number, bodies):
    tree = {"count": {"field": array, "where": where}, operator: number}
    outer = {"count": {"field": ARRAYS[0], "where": {"allOf": [tree, where]}}, "greater": 0}
    for body in bodies:
        assert answer(tree, body) is naive(tree, body, {})
        assert answer(outer, body) is naive(outer, body, {})


@settings(max_examples=150)
@given(st.lists(trees(2), min_size=1, max_size=3), resources)
def test_not_turns_groups_into_each_other(parts, body):
    negated = [{"not": part} for part in parts]
    assert answer({"not": {"allOf": parts}}, body) is answer({"anyOf": negated}, body)
    assert answer({"not": {"anyOf": parts}}, body) is answer({"allOf": negated}, body)
    assert answer({"not": {"not": {"allOf": parts}}}, body) is answer({"allOf": parts}, body)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the path of every value below `value`."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = []
    for key, inner in list(pairs):
        found += [(*path, key), *places(inner, (*path, key))]
    return found


def put(body: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        body = body[key]
    body[path[-1]] = value


@settings(max_examples=700)
@given(trees(), resources, st.data())
def test_an_answer_in_spite_of_something_unknown_is_the_answer_whatever_it_turns_out_to_be(tree, body, data):
    unknown: Any = copy.deepcopy(body)
    hidden = data.draw(st.lists(st.sampled_from(places(body)), max_size=3, unique=True)) if places(body) else []
    # The longest paths first: a part of something unknown is unknown with it.
    for path in sorted(hidden, key=len, reverse=True):
        put(unknown, path, UNKNOWN)
    truth = answer(tree, unknown)
    if truth is None:
        return
    for _ in range(3):
        revealed = copy.deepcopy(unknown)
        for path in (path for path in hidden if not any(path[:length] in hidden for length in range(1, len(path)))):
            put(revealed, path, data.draw(st.one_of(values, st.lists(members_of_arrays, max_size=3))))
        assert answer(tree, revealed) is truth
