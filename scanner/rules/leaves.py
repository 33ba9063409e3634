"""Leaves of a condition tree: `{field: sku.name, in: [Standard]}` and `{value: ..., equals: ...}`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN, Truth
from scanner.model.verdict import Evidence
from scanner.rules.environment import HOLDS, Condition, Environment, Getter, Judgement, Test
from scanner.rules.operators import OPERATORS, Operator, prepare
from scanner.rules.paths import EACH, field_getter, member_getter, parse_path
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


def in_words(expected: Any) -> str:
    """Give what a policy expects, short enough for a sentence."""
    if isinstance(expected, list):
        return "[" + ", ".join(in_words(item) for item in expected) + "]"
    return expected if isinstance(expected, str) else json.dumps(expected, ensure_ascii=False)


def prepared(
    problems: Problems, operator: str, expected: Any, place: Place
) -> tuple[Callable[[Any, Any], Truth], Operator, str] | None:
    """Prepare an operator; None, and a problem, where it cannot take `expected`."""
    try:
        test = prepare(OPERATORS[operator], expected)
    except ValueError as error:
        problems.add(place / operator, f"'{operator}' {error}, not {in_words(expected)}")
        return None
    if operator == "exists":
        return test, OPERATORS[operator], "be set" if str(expected).lower() == "true" else "not be set"
    return test, OPERATORS[operator], OPERATORS[operator].words.format(in_words(expected))


def leaf_condition(compiler: Compiler, node: dict[str, Any], place: Place) -> Condition:
    """Compile a `field` or `value` leaf."""
    from scanner.rules.conditions import NEVER

    subject = "field" if "field" in node else "value"
    operator = leaf_operator(
        compiler.problems, node, place, subject, _FIELD_EXTRA if subject == "field" else _VALUE_EXTRA
    )
    if operator is None:
        return NEVER
    ready = prepared(compiler.problems, operator, node[operator], place)
    if ready is None:
        return NEVER
    test, _, expected = ready
    if subject == "value":
        constant = MISSING if node["value"] is None else node["value"]
        return _condition(lambda _r, _e: constant, test, "value", expected, OPERATORS[operator].needs_clock)
    getter = _field(compiler, node["field"], place / "field")
    if getter is None:
        return NEVER
    name = str(node["field"])
    no_array: Truth = True
    if "ifMissing" in node:
        word = node["ifMissing"]
        if word not in _IF_MISSING:
            compiler.problems.add(place / "ifMissing", f"'ifMissing' is {word!r}", "pass, fail or unknown")
            return NEVER
        no_array = _IF_MISSING[word]
        test = _if_missing(test, no_array)
    if "declaredDefault" in node:
        getter = _declared_default(getter, node["declaredDefault"])
    clock = OPERATORS[operator].needs_clock
    if EACH in name:
        return _each_condition(getter, test, name, expected, clock=clock, no_array=no_array)
    return _condition(getter, test, name, expected, clock)


def _field(compiler: Compiler, path: Any, place: Place) -> Getter | None:
    if not isinstance(path, str):
        compiler.problems.add(place, "a field is a path such as properties.model.name")
        return None
    for prefix in reversed(compiler.counts):
        if path.lower() == prefix.lower() or path.lower().startswith(f"{prefix.lower()}."):
            rest = path[len(prefix) + 1 :]
            return member_getter(prefix.lower(), parse_path(rest) if rest else ())
    try:
        return field_getter(parse_path(path))
    except ValueError as error:
        compiler.problems.add(place, str(error))
        return None


def _if_missing(test: Callable[[Any, Any], Truth], answer: Truth) -> Callable[[Any, Any], Truth]:
    return lambda value, clock: answer if value is MISSING else test(value, clock)


def _declared_default(getter: Getter, default: Any) -> Getter:
    """Fill in what the provider assumes where a template or plan leaves a field out."""

    def get(resource: Resource, env: Environment) -> Any:
        value = getter(resource, env)
        return default if value is MISSING and resource.origin.declared else value

    return get


def _condition(getter: Getter, test: Callable[[Any, Any], Truth], name: str, expected: str, clock: bool) -> Condition:
    plain: Test
    if clock:
        plain = lambda resource, env: test(getter(resource, env), env.as_of)  # noqa: E731
    else:
        plain = lambda resource, env: test(getter(resource, env), None)  # noqa: E731

    def explain(resource: Resource, env: Environment) -> Judgement:
        truth = plain(resource, env)
        return HOLDS if truth else judged(truth, name, getter(resource, env), expected)

    return Condition(plain, explain)


def _each_condition(
    getter: Getter,
    test: Callable[[Any, Any], Truth],
    name: str,
    expected: str,
    *,
    clock: bool,
    no_array: Truth,
) -> Condition:
    """Hold for every member, and over no members; where there is no array at all, be `no_array`."""

    def plain(resource: Resource, env: Environment) -> Truth:
        values = getter(resource, env)
        if values is UNKNOWN:
            return None
        if values is MISSING:
            return no_array
        result: Truth = True
        now = env.as_of if clock else None
        for value in values if isinstance(values, list) else [values]:
            truth = test(value, now)
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
        now = env.as_of if clock else None
        members = values if isinstance(values, list) else [values]
        offending = next((value for value in members if test(value, now) is truth), MISSING)
        return judged(truth, name, offending, f"{expected} in every member")

    return Condition(plain, explain)


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
