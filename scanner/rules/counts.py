"""`count`: how many members of an array meet a condition.

`{count: {field: 'properties.rateLimits[*]', where: {...}}, greater: 0}`. Inside `where`, a field that starts
with the counted path means the member at hand; `current()` gives that of a count over a `value`. Members that
are unknown widen the count to a range.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN, Truth
from scanner.rules.environment import HOLDS, Condition, Environment, Getter, Judgement
from scanner.rules.expectation import Expectation, expectation, is_dynamic, resolved
from scanner.rules.fields import count_name, member_or_field
from scanner.rules.leaves import judged, leaf_operator, opposite
from scanner.rules.paths import EACH
from scanner.rules.place import Place, suggestion

if TYPE_CHECKING:
    from scanner.rules.conditions import Compiler

_KEYS = frozenset({"field", "value", "name", "where"})


def count_condition(compiler: Compiler, node: dict[str, Any], place: Place) -> Condition:
    """Compile a `count` condition."""
    from scanner.rules.conditions import NEVER

    count, inner = node["count"], place / "count"
    operator = leaf_operator(compiler.problems, node, place, "count", frozenset({"count"}))
    if not isinstance(count, dict) or ("field" in count) == ("value" in count):
        compiler.problems.add(inner, "a count takes a mapping with either 'field' or 'value', and perhaps 'where'")
        return NEVER
    for key in count:
        if key not in _KEYS:
            compiler.problems.add(inner / key, f"unknown key '{key}' in a count", suggestion(str(key), _KEYS))
            return NEVER
    expected = expectation(compiler.problems, operator, node[operator], place) if operator else None
    members = _members(compiler, count, inner)
    if expected is None or members is None:
        return NEVER
    (getter, name), binding = members, count_name(count)
    where: Condition | None = None
    if "where" in count:
        scoped = replace(compiler, counts=(*compiler.counts, binding))
        where = scoped.compile(count["where"], inner / "where")
    return _counting(getter, where, binding.lower(), expected, f"the number of {name}")


def _members(compiler: Compiler, count: dict[str, Any], place: Place) -> tuple[Getter, str] | None:
    """Give what is counted, and how to call it."""
    if "value" in count:
        values = count["value"]
        if not isinstance(values, list) and not is_dynamic(values):
            compiler.problems.add(place / "value", "a count over 'value' takes a list")
            return None
        return _listed(values), "values"
    path = count["field"]
    if not isinstance(path, str) or not path.endswith(EACH):
        compiler.problems.add(place / "field", "a count over 'field' takes a path that ends in [*]")
        return None
    try:
        return member_or_field(path, compiler.counts), path
    except ValueError as error:
        compiler.problems.add(place / "field", str(error))
        return None


def _listed(values: Any) -> Getter:
    """Give the reader of a count's `value`; what is no list cannot be counted."""

    def get(resource: Resource, env: Environment) -> Any:
        found = resolved(values, resource, env)
        return found if isinstance(found, list) or found is MISSING else UNKNOWN

    return get


def _counting(getter: Getter, where: Condition | None, binding: str, expected: Expectation, name: str) -> Condition:
    def bounds(resource: Resource, env: Environment) -> tuple[int, int] | None:
        values = getter(resource, env)
        if values is UNKNOWN:
            return None
        members = values if isinstance(values, list) else ([] if values is MISSING else [values])
        if where is None:
            return len(members), len(members)
        sure = perhaps = 0
        outer = env.bindings.get(binding)
        for member in members:
            env.bindings[binding] = member
            truth = where.test(resource, env)
            sure += truth is True
            perhaps += truth is not False
        env.bindings[binding] = outer
        return sure, perhaps

    def plain(resource: Resource, env: Environment) -> Truth:
        found = bounds(resource, env)
        if found is None:
            return None
        answers = {expected.test(number, resource, env) for number in range(found[0], found[1] + 1)}
        return answers.pop() if len(answers) == 1 else None

    def explain(resource: Resource, env: Environment) -> Judgement:
        truth = plain(resource, env)
        if truth:
            return HOLDS
        found = bounds(resource, env)
        actual: Any = UNKNOWN if found is None or (truth is None and found[0] != found[1]) else found[0]
        return judged(truth, name, actual, expected.words)

    def witness(resource: Resource, env: Environment) -> Judgement:
        found = bounds(resource, env)
        return judged(False, name, UNKNOWN if found is None else found[0], opposite(expected.words))

    return Condition(plain, explain, None, witness)
