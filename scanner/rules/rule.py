"""A compiled rule: what it is about, when it applies, what it asserts, which facts it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scanner.model.inventory import Inventory
from scanner.model.needs import Applies, FactNeed, MetricQuery, Needs
from scanner.model.resource import Resource
from scanner.model.result import RuleInfo
from scanner.model.verdict import Severity
from scanner.rules.environment import Condition, Environment
from scanner.rules.pools import POOL, has_pool, quota_pools

EVERY_TYPE = "*"
"""In `types`: whatever is in the inventory, its containers included."""
DERIVED = {POOL: quota_pools}
"""Resource types that are made of facts and other resources, and what makes them."""
_DERIVED_FROM = {POOL: frozenset({"microsoft.cognitiveservices/accounts/deployments"})}


@dataclass(frozen=True, slots=True)
class Variant:
    """A rule with other parameter values, for the resources for which `when` holds.

    `label` says where the values come from, `parameters` which ones differ from the rule's own.
    """

    when: Condition
    label: str
    rule: Rule
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a policy file, with parameters filled in. `types` are ARM types in lower case."""

    info: RuleInfo
    severity: Severity
    types: tuple[str, ...]
    when: Condition | None
    assertion: Condition
    facts: tuple[tuple[str, MetricQuery | None], ...] = ()
    obstacle: Callable[[Environment], str] = lambda _: ""
    """Says why the rule cannot be asked at all of this inventory; "" where it can."""
    variants: tuple[Variant, ...] = ()
    """The first whose `when` holds is asked in this rule's stead."""
    reads: frozenset[str] = frozenset()
    """ARM types, in lower case, of resources that it looks at without judging them."""

    def resources(self, env: Environment) -> list[Resource]:
        """Give every resource this rule is about, whether or not its `when` holds."""
        if self.types == (EVERY_TYPE,):
            return [resource for resource in env.inventory.resources if resource.origin.judged]
        found: list[Resource] = []
        for kind in self.types:
            found.extend(DERIVED[kind](env) if kind in DERIVED else env.inventory.judged_by_type.get(kind, ()))
        return found

    def subject_types(self) -> frozenset[str]:
        """Give the types that have to be read for there to be something to judge."""
        return frozenset().union(*(_DERIVED_FROM.get(kind, frozenset({kind})) for kind in self.types))

    def read_types(self) -> frozenset[str]:
        """Give the types that have to be read for this rule."""
        return self.subject_types() | self.reads


def needs_of(rules: list[Rule], as_of: datetime) -> Needs:
    """Give what a live source has to read for these rules, and for nothing else."""
    asked = [*rules, *(variant.rule for rule in rules for variant in rule.variants)]
    types = frozenset().union(*(rule.read_types() for rule in asked))
    facts = [
        FactNeed(kind, rule.subject_types(), _applies(rule, as_of), query)
        for rule in asked
        for kind, query in rule.facts
    ]
    return Needs(types, tuple(facts))


def _applies(rule: Rule, as_of: datetime) -> Applies:
    """Ask a fact only about resources to which the rule may apply: a PTU metric only where there are PTUs."""
    when = rule.when
    derived = any(kind in DERIVED for kind in rule.types)

    def applies(resource: Resource, inventory: Inventory) -> bool:
        if derived:
            return has_pool(resource.json)
        return when is None or when.test(resource, Environment(inventory, as_of)) is not False

    return applies
