"""Compiles a policy's condition tree into functions: `test` for speed, `explain` for the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scanner.expressions.truth import negate
from scanner.model.resource import Resource
from scanner.model.values import Truth
from scanner.model.verdict import Evidence
from scanner.rules.counts import count_condition
from scanner.rules.environment import HOLDS, Condition, Environment, Judgement, Test
from scanner.rules.expectation import in_words
from scanner.rules.expressions import REFUSED, Dynamic
from scanner.rules.leaves import leaf_condition
from scanner.rules.place import Place, Problems, suggestion

if TYPE_CHECKING:
    from scanner.rules.assertions import Assertion

LOGIC = frozenset({"allOf", "anyOf", "not"})
SUBJECTS = frozenset({"field", "value", "count"})
NEVER = Condition(lambda _r, _e: None, lambda _r, _e: Judgement(None))
"""Stands in for a condition that was refused; a policy with one is never evaluated."""

MAX_DEPTH = 100


@dataclass(slots=True)
class Compiler:
    """Compiles the conditions of one rule and remembers which named assertions they use.

    `assertions` is the registry of named assertions; `counts` the prefixes of the counts around a node.
    """

    problems: Problems
    assertions: Mapping[str, type[Assertion]]
    used: list[Assertion] = field(default_factory=list)
    counts: tuple[str, ...] = ()
    depth: int = 0

    def compile(self, node: Any, place: Place) -> Condition:
        """Compile one node; what is wrong goes to `problems`, and NEVER is given in its stead."""
        if node is REFUSED:
            return NEVER
        if not isinstance(node, dict) or not node:
            self.problems.add(place, "a condition must be a mapping such as {field: sku.name, equals: Standard}")
            return NEVER
        if self.depth >= MAX_DEPTH:
            self.problems.add(place, f"conditions are nested more than {MAX_DEPTH} deep")
            return NEVER
        self.depth += 1
        try:
            return self._compile(node, place)
        finally:
            self.depth -= 1

    def _compile(self, node: dict[str, Any], place: Place) -> Condition:
        heads = [key for key in node if key in LOGIC or key in SUBJECTS or key in self.assertions]
        if not heads:
            known = [*LOGIC, *SUBJECTS, *self.assertions]
            key = str(next(iter(node)))
            self.problems.add(place / key, f"unknown condition or assertion '{key}'", suggestion(key, known))
            return NEVER
        head = heads[0]
        if head in SUBJECTS:
            if len(heads) > 1:
                self._one_only(heads, place)
                return NEVER
            return count_condition(self, node, place) if head == "count" else leaf_condition(self, node, place)
        if len(node) > 1:
            others = [key for key in node if key != head]
            if all(key in heads for key in others):
                self._one_only(heads, place)
            else:
                word = str(next(key for key in others if key not in heads))
                self.problems.add(
                    place / word, f"unknown key '{word}' beside '{head}'", "a mapping holds one condition"
                )
            return NEVER
        if head == "not":
            return _negation(self.compile(node[head], place / head))
        if head in LOGIC:
            return self._group(head, node[head], place / head)
        return self._assertion(head, node[head], place / head)

    def _one_only(self, heads: list[str], place: Place) -> None:
        words = " and ".join(f"'{word}'" for word in heads)
        self.problems.add(place / heads[1], f"{words} stand in one mapping", "join them with allOf or anyOf")

    def _group(self, word: str, parts: Any, place: Place) -> Condition:
        if not isinstance(parts, list) or not parts:
            self.problems.add(place, f"'{word}' takes a list of conditions, at least one")
            return NEVER
        members = tuple(self.compile(part, place / index) for index, part in enumerate(parts))
        return _conjunction(members) if word == "allOf" else _disjunction(members)

    def _assertion(self, name: str, arguments: Any, place: Place) -> Condition:
        if _holds(arguments, lambda value: value is REFUSED):
            return NEVER
        if _holds(arguments, lambda value: isinstance(value, Dynamic)):
            self.problems.add(place, f"'{name}' takes values that are known when the policy is read", "use parameters")
            return NEVER
        assertion = self.assertions[name].read(arguments, place, self.problems)
        if assertion is None:
            return NEVER
        self.used.append(assertion)
        said = f"{name} {in_words(arguments)}"
        against = Judgement(False, f"{said} holds; it must not", (Evidence(said, "holds", "not to hold"),))
        return Condition(
            lambda r, e: assertion.evaluate(r, e).truth, assertion.evaluate, witness=lambda _r, _e: against
        )


def _holds(value: Any, wanted: Callable[[Any], bool]) -> bool:
    if isinstance(value, dict):
        return any(_holds(inner, wanted) for inner in value.values())
    if isinstance(value, list):
        return any(_holds(inner, wanted) for inner in value)
    return wanted(value)


def _until(parts: tuple[Condition, ...], *, decisive: bool) -> Test:
    """Give the test that is decided by the first part that is `decisive`; else unknown if a part is unknown."""
    tests = tuple(part.test for part in parts)
    otherwise = not decisive

    def test(resource: Resource, env: Environment) -> Truth:
        result: Truth = otherwise
        for each in tests:
            truth = each(resource, env)
            if truth is decisive:
                return decisive
            if truth is None:
                result = None
        return result

    return test


def _conjunction(parts: tuple[Condition, ...]) -> Condition:
    test = _until(parts, decisive=False)

    def explain(resource: Resource, env: Environment) -> Judgement:
        truth = test(resource, env)
        if truth:
            return HOLDS
        deciding = [part for part in parts if part.test(resource, env) is truth]
        return _join(truth, deciding, resource, env, "; ")

    def witness(resource: Resource, env: Environment) -> Judgement:
        return _join(False, list(parts), resource, env, "; ", true=True)

    return Condition(test, explain, parts[0].test, witness)


def _disjunction(parts: tuple[Condition, ...]) -> Condition:
    test = _until(parts, decisive=True)

    def explain(resource: Resource, env: Environment) -> Judgement:
        truth = test(resource, env)
        if truth:
            return HOLDS
        deciding = [part for part in parts if part.test(resource, env) is truth]
        near = [part for part in deciding if part.guard is None or part.guard(resource, env) is not False]
        return _join(truth, near or deciding, resource, env, "; or ")

    def witness(resource: Resource, env: Environment) -> Judgement:
        holding = [part for part in parts if part.test(resource, env) is True]
        return _join(False, holding, resource, env, "; ", true=True)

    return Condition(test, explain, None, witness)


def _negation(part: Condition) -> Condition:
    inner = part.test

    def test(resource: Resource, env: Environment) -> Truth:
        return negate(inner(resource, env))

    def explain(resource: Resource, env: Environment) -> Judgement:
        truth = test(resource, env)
        if truth is None:
            return part.explain(resource, env)
        return HOLDS if truth else part.witness(resource, env)

    return Condition(test, explain, None, part.explain)


def _join(
    truth: Truth, parts: list[Condition], resource: Resource, env: Environment, word: str, *, true: bool = False
) -> Judgement:
    """Put the reasons of the deciding parts together, each once; with `true`, why they hold."""
    judgements = [part.witness(resource, env) if true else part.explain(resource, env) for part in parts]
    severity = next((j.severity for j in judgements if j.severity is not None), None)
    evidence = tuple(item for judgement in judgements for item in judgement.evidence)
    message = word.join(dict.fromkeys(judgement.message for judgement in judgements if judgement.message))
    return Judgement(truth, message, evidence, severity)
