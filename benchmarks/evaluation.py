"""How fast rules are evaluated, against the same checks written by hand as Python predicates.

    python -m benchmarks.evaluation [--resources 20000] [--rounds 5]

Both sides judge the same dictionaries of one generated inventory. The rules are those of the built-in pack that
judge a resource by its own JSON and its tags; the predicates answer the same questions with the same answers, which
is checked first. azgate's side makes findings of its answers, as a scan does; "conditions alone" leaves that out.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from benchmarks._inventory import inventory_json
from benchmarks._predicates import PREDICATES, Predicate
from scanner.evaluation.evaluate import evaluate
from scanner.model.inventory import Inventory, SourceInfo
from scanner.model.resource import Origin, Resource
from scanner.model.verdict import Outcome
from scanner.policies.loader import load_policies
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.conditions import Compiler
from scanner.rules.environment import Environment
from scanner.rules.place import Place, Problems
from scanner.rules.rule import Rule

AS_OF = datetime(2026, 11, 24, 8, tzinfo=UTC)
ORIGIN = Origin("azure")
SOURCE = SourceInfo("azure", "generated", frozenset({"metrics", "quotaUsages"}))


def make_inventory(bodies: list[dict[str, Any]]) -> Inventory:
    return Inventory(resources=tuple(Resource(body, ORIGIN) for body in bodies), sources=(SOURCE,))


def chosen_rules() -> list[Rule]:
    rules = [rule for file in load_policies(["builtin"]) for rule in file.rules]
    return [rule for rule in rules if rule.info.id in PREDICATES]


def by_azgate(inventory: Inventory, rules: list[Rule]) -> int:
    return len(evaluate(inventory, rules, AS_OF)[0])


def by_conditions(inventory: Inventory, rules: list[Rule]) -> int:
    env = Environment(inventory, AS_OF)
    judged = 0
    for rule in rules:
        when, holds = rule.when, rule.assertion.test
        for kind in rule.types:
            for resource in inventory.by_type.get(kind, ()):
                if when is None or when.test(resource, env) is not False:
                    holds(resource, env)
                    judged += 1
    return judged


def by_hand(bodies: list[dict[str, Any]], rules: list[Rule]) -> int:
    by_type: dict[str, list[dict[str, Any]]] = {}
    by_id = {body["id"].lower(): body for body in bodies}
    for body in bodies:
        by_type.setdefault(body["type"].lower(), []).append(body)
    judged = 0
    for rule in rules:
        predicate = PREDICATES[rule.info.id]
        for kind in rule.types:
            for body in by_type.get(kind, ()):
                if predicate(body, by_id) is not None:
                    judged += 1
    return judged


def check_agreement(bodies: list[dict[str, Any]], inventory: Inventory, rules: list[Rule]) -> None:
    """End with an error where the two sides do not answer alike: they would not be comparable."""
    by_id = {body["id"].lower(): body for body in bodies}
    said = {(f.rule.id, f.resource.id): f.outcome is Outcome.PASS for f in evaluate(inventory, rules, AS_OF)[0]}
    for rule in rules:
        predicate: Predicate = PREDICATES[rule.info.id]
        for resource in rule.resources(Environment(inventory, AS_OF)):
            by_predicate = predicate(resource.json, by_id)
            if said.get((rule.info.id, resource.id)) != by_predicate:
                sys.exit(f"{rule.info.id} and its predicate disagree about {resource.id}: {by_predicate}")


def median_seconds(steps: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            gc.collect()
            started = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - started)
    return {name: statistics.median(found) for name, found in times.items()}


def leaf_rates(inventory: Inventory, rounds: int) -> dict[str, float]:
    """Give predicates a second of one plain leaf, and of the same comparison written by hand."""
    compiler = Compiler(Problems(), ASSERTIONS)
    test = compiler.compile({"field": "sku.name", "in": ["Standard", "GlobalStandard"]}, Place("leaf", {})).test
    resources = inventory.by_type["microsoft.cognitiveservices/accounts/deployments"]
    env = Environment(inventory, AS_OF)
    wanted = frozenset({"standard", "globalstandard"})

    def compiled() -> None:
        for resource in resources:
            test(resource, env)

    def written() -> None:
        for resource in resources:
            str(resource.json.get("sku", {}).get("name", "")).lower() in wanted  # noqa: B015

    medians = median_seconds({"compiled leaf": compiled, "by hand": written}, rounds * 3)
    return {name: len(resources) / seconds for name, seconds in medians.items()}


def memory_per_resource(bodies: list[dict[str, Any]], rules: list[Rule]) -> tuple[float, float]:
    """Give bytes per resource beyond its JSON: of the inventory, and of its findings."""
    gc.collect()
    tracemalloc.start()
    inventory = make_inventory(bodies)
    before = tracemalloc.get_traced_memory()[0]
    findings = evaluate(inventory, rules, AS_OF)[0]
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del findings
    return before / len(bodies), (after - before) / len(bodies)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resources", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    bodies = json.loads(json.dumps(inventory_json(options.resources)))  # no object shared between resources
    rules = chosen_rules()
    inventory = make_inventory(bodies)
    check_agreement(bodies, inventory, rules)
    pairs = sum(len(rule.resources(Environment(inventory, AS_OF))) for rule in rules)
    judged = by_hand(bodies, rules)
    print(f"{len(bodies)} resources, {len(rules)} rules, {pairs} pairs, {judged} findings")
    medians = median_seconds(
        {
            "predicates by hand": lambda: by_hand(bodies, rules),
            "conditions alone": lambda: by_conditions(make_inventory(bodies), rules),
            "evaluate, with findings": lambda: by_azgate(make_inventory(bodies), rules),
        },
        options.rounds,
    )
    base = medians["predicates by hand"]
    print(f"\n{'median of ' + str(options.rounds):<26} {'ms':>8} {'pairs/s':>12} {'ratio':>6}")
    for name, seconds in medians.items():
        print(f"{name:<26} {seconds * 1000:>8.1f} {pairs / seconds:>12,.0f} {seconds / base:>6.1f}")
    print("\none plain leaf, evaluations/s")
    for name, rate in leaf_rates(inventory, options.rounds).items():
        print(f"{name:<26} {rate:>21,.0f}")
    held, found = memory_per_resource(bodies, rules)
    print("\nbytes per resource, beyond its JSON (tracemalloc)")
    for name, size in (("inventory", held), ("findings and indexes", found), ("together", held + found)):
        print(f"{name:<26} {size:>8,.0f}")


if __name__ == "__main__":
    main()
