"""Asks one rule of the built-in pack about one resource in its surroundings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from scanner.evaluation.evaluate import evaluate
from scanner.model.inventory import Fact, Gap
from scanner.model.resource import Resource
from scanner.model.result import Finding
from scanner.model.verdict import Outcome
from scanner.policies.loader import load_policies
from scanner.policies.parameters import Override
from scanner.rules.rule import Rule
from tests.factories import AS_OF, make_inventory

NOT_APPLICABLE = None


@cache
def _rules(parameters: str) -> dict[str, Rule]:
    overrides = [Override(name, value, "--parameter") for name, value in json.loads(parameters).items()]
    return {rule.info.id: rule for file in load_policies([], overrides) for rule in file.rules}


def rule_of(rule_id: str, **parameters: Any) -> Rule:
    return _rules(json.dumps(parameters, sort_keys=True))[rule_id]


def findings(
    rule_id: str, *resources: Resource, facts: Iterable[Fact] = (), gaps: Iterable[Gap] = (), **parameters: Any
) -> list[Finding]:
    """Give what the rule finds on all the resources."""
    inventory = make_inventory(*resources, facts=facts, gaps=gaps, source=resources[0].origin.source)
    found, not_evaluated = evaluate(inventory, [rule_of(rule_id, **parameters)], AS_OF)
    assert not not_evaluated
    return found


def finding(rule_id: str, resource: Resource, *others: Resource, **surroundings: Any) -> Finding | None:
    """Give what the rule finds on the first resource; None where it does not apply."""
    mine = [f for f in findings(rule_id, resource, *others, **surroundings) if f.resource.id == resource.id]
    assert len(mine) <= 1
    return mine[0] if mine else None


def judge(rule_id: str, resource: Resource, *others: Resource, **surroundings: Any) -> Outcome | None:
    """Give the outcome on the first resource; None where the rule does not apply. A failure always has words."""
    found = finding(rule_id, resource, *others, **surroundings)
    if found is None:
        return NOT_APPLICABLE
    if found.outcome is not Outcome.PASS:
        assert found.message
        assert found.evidence
    return found.outcome
