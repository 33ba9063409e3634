"""Kleene's laws, and the one that matters most: learning more never flips a decided answer."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scanner.expressions.truth import all_of, any_of, implies, negate
from scanner.model.values import UNKNOWN, Truth
from scanner.rules.environment import Environment
from tests.factories import AS_OF, compiled, make_inventory, make_resource

truths = st.sampled_from([True, False, None])


@given(st.lists(truths))
def test_de_morgan(parts: list[Truth]):
    assert negate(all_of(parts)) is any_of(negate(part) for part in parts)
    assert negate(any_of(parts)) is all_of(negate(part) for part in parts)


@given(st.lists(truths))
def test_order_does_not_matter(parts: list[Truth]):
    assert all_of(parts) is all_of(reversed(parts))
    assert any_of(parts) is any_of(reversed(parts))


@given(truths)
def test_double_negation_and_identities(part: Truth):
    assert negate(negate(part)) is part
    assert all_of([part, True]) is part
    assert any_of([part, False]) is part
    assert all_of([part, False]) is False
    assert any_of([part, True]) is True


def test_the_empty_conjunction_holds_and_the_empty_disjunction_does_not():
    assert all_of([]) is True
    assert any_of([]) is False


@given(truths, truths)
def test_implication_is_not_premise_or_conclusion(premise: Truth, conclusion: Truth):
    assert implies(premise, conclusion) is any_of([negate(premise), conclusion])
    if conclusion is True:
        assert implies(premise, conclusion) is True


FIELDS = ("a", "b", "list")
scalars = st.sampled_from([None, 1, 2, "1", "x", True, "PT1H", "PT60M", "2026-01-01T00:00:00Z", ""])
members = st.lists(scalars, max_size=3)
bodies = st.fixed_dictionaries({"a": scalars, "b": scalars | members, "list": members})


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    path = draw(st.sampled_from(["a", "b", "list", "list[*]"]))
    operator = draw(
        st.sampled_from(
            [
                "equals",
                "notEquals",
                "in",
                "notIn",
                "like",
                "contains",
                "notContains",
                "less",
                "greaterOrEquals",
                "exists",
            ]
        )
    )
    expected = {
        "in": draw(st.lists(scalars, max_size=3)),
        "notIn": draw(st.lists(scalars, max_size=3)),
        "like": draw(st.sampled_from(["*", "x*", "1"])),
        "less": draw(st.sampled_from([1, 2, "PT1H", "x"])),
        "greaterOrEquals": draw(st.sampled_from([1, 2, "PT1H", "x"])),
        "exists": draw(st.booleans()),
    }.get(operator, draw(scalars))
    leaf = {"field": path, operator: expected}
    if draw(st.booleans()):
        leaf["ifMissing"] = draw(st.sampled_from(["pass", "fail", "unknown"]))
    return leaf


computed = st.builds(
    lambda expression, operator, expected: {"value": expression, operator: expected},
    st.sampled_from(
        [
            "[contains(field('list'), 'x')]",
            "[contains(createArray(field('a'), field('b')), field('b'))]",
            "[equals(field('list'), createArray('x', 1))]",
            "[equals(field('a'), field('b'))]",
            "[indexOf(field('list'), 'x')]",
            "[length(intersection(field('list'), createArray('x', 1)))]",
            "[length(union(field('list'), createArray('x')))]",
            "[length(field('list'))]",
            "[empty(field('list'))]",
            "[first(field('list'))]",
            "[last(field('list[*]'))]",
            "[if(equals(field('a'), 1), field('b'), 'x')]",
            "[and(equals(field('a'), 1), equals(field('b'), 1))]",
            "[or(equals(field('a'), 1), equals(field('b'), 1))]",
            "[not(equals(field('a'), field('b')))]",
            "[coalesce(field('a'), field('b'), 'x')]",
            "[less(field('a'), 2)]",
            "[string(field('a'))]",
            "[concat(string(field('a')), '-', string(field('b')))]",
            "[take(field('list'), 1)]",
            "[join(field('list'), ',')]",
        ]
    ),
    st.sampled_from(["equals", "notEquals", "less", "greaterOrEquals"]),
    st.sampled_from([0, 1, "x", "1", True]),
).filter(lambda leaf: not (leaf.get("less") is True or leaf.get("greaterOrEquals") is True))


def counts(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    member = st.builds(lambda wanted: {"field": "list[*]", "equals": wanted}, scalars)
    return st.builds(
        lambda where, operator, number: {"count": {"field": "list[*]", "where": where}, operator: number},
        member | inner,
        st.sampled_from(["equals", "greater", "less"]),
        st.integers(0, 3),
    )


trees = st.recursive(
    leaves() | computed,
    lambda inner: (
        st.builds(lambda parts: {"allOf": parts}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda part: {"not": part}, inner)
        | counts(inner)
    ),
    max_leaves=6,
)


def hidden(body: dict[str, Any], fields: set[str], places: set[int]) -> dict[str, Any]:
    """Make whole fields, and single members of arrays, unknown."""
    return {
        key: UNKNOWN
        if key in fields
        else [UNKNOWN if place in places else item for place, item in enumerate(value)]
        if isinstance(value, list)
        else value
        for key, value in body.items()
    }


@given(trees, bodies, st.sets(st.sampled_from(FIELDS)), st.sets(st.integers(0, 2)))
def test_what_was_decided_while_something_was_unknown_stays_so_when_it_becomes_known(tree, body, fields, places):
    condition = compiled(tree)
    known = make_resource("Microsoft.Test/things", "it", **body)
    partly = make_resource("Microsoft.Test/things", "it", **hidden(body, fields, places))
    early = condition.test(partly, Environment(make_inventory(partly), AS_OF))
    late = condition.test(known, Environment(make_inventory(known), AS_OF))
    assert early is None or early is late


@given(trees, bodies, st.sets(st.sampled_from(FIELDS)))
def test_an_explanation_agrees_with_the_test_and_never_crashes(tree, body, fields):
    condition = compiled(tree)
    resource = make_resource("Microsoft.Test/things", "it", **hidden(body, fields, set()))
    env = Environment(make_inventory(resource), AS_OF)
    assert condition.explain(resource, env).truth is condition.test(resource, env)
    condition.witness(resource, env)
