"""Leaves of a condition tree: `{field: sku.name, in: [Standard]}` and `{value: ..., equals: ...}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN, Truth
from scanner.model.verdict import Evidence
from scanner.rules.environment import HOLDS, Condition, Environment, Getter, Judgement, Test
from scanner.rules.expectation import (
    Expectation,
    expectation,
    in_words,
    is_dynamic,
    of_computed_value,
    resolved,
    squeezed,
)
from scanner.rules.expressions import REFUSED
from scanner.rules.fields import member_or_field, selects_many
from scanner.rules.operators import OPERATORS
from scanner.rules.place import Place, Problems, suggestion
from scanner.rules.redaction import shown

if TYPE_CHECKING:
    from scanner.rules.conditions import Compiler

_IF_MISSING: dict[str, Truth] = {"pass": True, "fail": False, "unknown": None}
_FIELD_EXTRA = frozenset({"field", "ifMissing", "declaredDefault"})
_VALUE_EXTRA = frozenset({"value"})


def leaf_operator(
    problems: Problems, node: dict[str, Any], place: Place, subject: str, extra: frozenset[str]
) -> str | None:
    """Find the one operator beside `subject`; None, and a problem, where there is not exactly one."""
    found = [key for key in node if key in OPERATORS]
    unknown = [key for key in node if key not in OPERATORS and key not in extra]
    for key in unknown:
        problems.add(place / key, f"unknown operator '{key}'", suggestion(str(key), [*OPERATORS, *extra]))
    if unknown:
        return None
    if len(found) != 1:
        what = " and ".join(f"'{key}'" for key in found) if found else "no operator"
        problems.add(place, f"'{subject}' needs exactly one operator, here is {what}", "join several with allOf")
        return None
    return found[0]


def leaf_condition(compiler: Compiler, node: dict[str, Any], place: Place) -> Condition:
    """Compile a `field` or `value` leaf."""
    from scanner.rules.conditions import NEVER

    subject = "field" if "field" in node else "value"
    extra = _FIELD_EXTRA if subject == "field" else _VALUE_EXTRA
    operator = leaf_operator(compiler.problems, node, place, subject, extra)
    if operator is None:
        return NEVER
    name = node[subject]
    spelling = squeezed if subject == "field" and _is_location(name) else None
    expected = expectation(compiler.problems, operator, node[operator], place, spelling)
    if expected is None:
        return NEVER
    condition = (
        _value_condition(name, operator, expected)
        if subject == "value"
        else _field_condition(compiler, node, place, expected)
    )
    return condition or NEVER


def _value_condition(value: Any, operator: str, expected: Expectation) -> Condition:
    if is_dynamic(value):
        return _condition(_value(value), of_computed_value(operator, expected), in_words(value))
    return _condition(_value(value), expected, "value")


def _field_condition(compiler: Compiler, node: dict[str, Any], place: Place, expected: Expectation) -> Condition | None:
    getter = _field(compiler, node["field"], place / "field")
    if getter is None:
        return None
    name = str(node["field"])
    no_array: Truth = True
    if "ifMissing" in node:
        word = node["ifMissing"]
        if not isinstance(word, str) or word not in _IF_MISSING:
            compiler.problems.add(place / "ifMissing", f"'ifMissing' is {word!r}", "pass, fail or unknown")
            return None
        no_array = _IF_MISSING[word]
        expected = _if_missing(expected, no_array)
    if "declaredDefault" in node:
        getter = _declared_default(getter, node["declaredDefault"])
    if selects_many(name, compiler.counts):
        return _each_condition(getter, expected, name, no_array)
    return _condition(getter, expected, name)


def _is_location(path: Any) -> bool:
    """Say whether a path is a location, which Azure spells "East US 2" here and "eastus2" there."""
    return isinstance(path, str) and path.lower().rpartition("parent.")[2] == "location"


def _value(value: Any) -> Getter:
    if is_dynamic(value):
        return lambda resource, env: _null_is_missing(resolved(value, resource, env))
    constant = _null_is_missing(value)
    return lambda _r, _e: constant


def _null_is_missing(value: Any) -> Any:
    return MISSING if value is None else value


def _field(compiler: Compiler, path: Any, place: Place) -> Getter | None:
    if path is REFUSED:
        return None
    if not isinstance(path, str):
        compiler.problems.add(place, "a field is a path such as properties.model.name")
        return None
    try:
        return member_or_field(path, compiler.counts)
    except ValueError as error:
        compiler.problems.add(place, str(error))
        return None


def _if_missing(expected: Expectation, answer: Truth) -> Expectation:
    inner, fixed = expected.test, expected.fixed
    return Expectation(
        lambda value, resource, env: answer if value is MISSING else inner(value, resource, env),
        expected.words,
        None if fixed is None else lambda value, clock: answer if value is MISSING else fixed(value, clock),
    )


def _declared_default(getter: Getter, default: Any) -> Getter:
    """Fill in what the provider assumes where a template or plan leaves a field out."""

    def get(resource: Resource, env: Environment) -> Any:
        value = getter(resource, env)
        return default if value is MISSING and resource.origin.declared else value

    return get


def _condition(getter: Getter, expected: Expectation, name: str) -> Condition:
    test, fixed = expected.test, expected.fixed
    plain: Test
    if fixed is not None:
        plain = lambda resource, env: fixed(getter(resource, env), None)  # noqa: E731
    else:
        plain = lambda resource, env: test(getter(resource, env), resource, env)  # noqa: E731

    def explain(resource: Resource, env: Environment) -> Judgement:
        truth = plain(resource, env)
        return HOLDS if truth else judged(truth, name, getter(resource, env), expected.words)

    def witness(resource: Resource, env: Environment) -> Judgement:
        # The type says which resources a rule is about, not what is wrong with them.
        return (
            Judgement(False) if name == "type" else judged(False, name, getter(resource, env), opposite(expected.words))
        )

    return Condition(plain, explain, None, witness)


def _each_condition(getter: Getter, expected: Expectation, name: str, no_array: Truth) -> Condition:
    """Hold for every member, and over no members; where there is no array at all, be `no_array`."""
    test = expected.test

    def plain(resource: Resource, env: Environment) -> Truth:
        values = getter(resource, env)
        if values is UNKNOWN:
            return None
        if values is MISSING:
            return no_array
        result: Truth = True
        for value in values if isinstance(values, list) else [values]:
            truth = test(value, resource, env)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    def explain(resource: Resource, env: Environment) -> Judgement:
        truth = plain(resource, env)
        if truth:
            return HOLDS
        values = getter(resource, env)
        members = values if isinstance(values, list) else [values]
        offending = next((value for value in members if test(value, resource, env) is truth), MISSING)
        return judged(truth, name, offending, f"{expected.words} in every member")

    def witness(resource: Resource, env: Environment) -> Judgement:
        return judged(False, name, getter(resource, env), f"{opposite(expected.words)} in some member")

    return Condition(plain, explain, None, witness)


def opposite(words: str) -> str:
    """Give the verb phrase that a value must meet for a leaf not to hold."""
    return words[4:] if words.startswith("not ") else f"not {words}"


def judged(truth: Truth, name: str, actual: Any, expected: str) -> Judgement:
    """Say in a sentence, and as evidence, what a leaf found; `expected` is a verb phrase such as "be at most 3"."""
    safe = shown(name, actual)
    if actual is UNKNOWN:
        state = "is not known here"
    elif actual is MISSING:
        state = "is not set"
    else:
        state = f"is {in_words(safe)}" + (", which cannot be compared" if truth is None else "")
    demand = "" if actual is MISSING and expected == "be set" else f"; it must {expected}"
    return Judgement(truth, f"{name} {state}{demand}", (Evidence(name, safe, expected.removeprefix("be ")),))
