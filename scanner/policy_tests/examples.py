"""Examples for people, out of test cases: a resource that a rule passes, one that it fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from scanner.model.values import UNKNOWN
from scanner.policy_tests.cases import Case
from scanner.policy_tests.language import Expected
from scanner.policy_tests.resources import KNOWN_LATER
from scanner.policy_tests.run import evaluate_case

_FIRST = ("id", "type", "name", "kind", "location", "tags")


class ExampleCase(NamedTuple):
    """A test case's name, the resource it is about in ARM JSON, and the rule's message for it ("" for a pass)."""

    name: str
    resource: dict[str, Any]
    message: str


def example(cases: Iterable[Case], rule_id: str, outcome: Expected) -> ExampleCase | None:
    """Give the first case of a rule that expects `outcome` of one resource; None where there is none."""
    for case in cases:
        if case.rule.info.id != rule_id or set(case.expected.values()) != {outcome} or len(case.expected) != 1:
            continue
        for resource in case.rule.resources(case.environment()):
            if resource.key in case.expected:
                finding = evaluate_case(case).findings.get(resource.key)
                body = {key: resource.json[key] for key in _FIRST if key in resource.json} | resource.json
                return ExampleCase(case.name, _plain(body), finding.message if finding else "")
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return KNOWN_LATER if value is UNKNOWN else value
