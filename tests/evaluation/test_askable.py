"""A rule about what no input can hold stands under notEvaluated: it never looks like good news."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.evaluation.askable import judgeable
from scanner.model.inventory import Inventory, SourceInfo
from scanner.model.resource import Resource
from scanner.model.result import RuleInfo
from scanner.model.verdict import Severity
from scanner.rules.environment import Environment
from scanner.rules.rule import Rule
from tests.factories import AS_OF, COMPUTE, JOB, WORKSPACE, compiled, make_gap, make_inventory, make_resource

SEAT = "GitHub.Copilot/organizations/seats"
ENTERPRISE_SEAT = "GitHub.Copilot/enterprises/seats"
SKU = "Microsoft.Graph/subscribedSkus"
CLUSTER = make_resource(COMPUTE, "ws/cluster")


def rule(*types: str, reads: frozenset[str] = frozenset(), facts: tuple[Any, ...] = ()) -> Rule:
    info = RuleInfo("r", "r", Severity.LOW, "operate", "crawl", "p", "", "")
    condition = compiled({"field": "name", "exists": True})
    return Rule(info, Severity.LOW, tuple(kind.lower() for kind in types), None, condition, facts, reads=reads)


def ask(asked: Rule, inventory: Inventory) -> tuple[list[str], str]:
    resources, reason = judgeable(asked, Environment(inventory, AS_OF))
    return [resource.name for resource in resources], reason


def inventory_of(*sources: SourceInfo, resources: tuple[Resource, ...] = ()) -> Inventory:
    return Inventory(resources=resources, sources=sources)


@pytest.mark.parametrize("source", ["snapshot", "arm-json", "terraform-plan"])
@pytest.mark.parametrize("kind", [SEAT, SKU])
def test_a_file_without_seats_or_licences_was_made_without_them(source: str, kind: str):
    resources, reason = ask(rule(kind), make_inventory(CLUSTER, source=source))

    assert resources == []
    assert reason == f"is about {kind.lower()}, of which the input of kind {source} has none"


def test_two_types_without_a_resource_are_named_together():
    _, reason = ask(rule(SEAT, ENTERPRISE_SEAT), make_inventory(source="snapshot"))

    kinds = f"{SEAT.lower()} and {ENTERPRISE_SEAT.lower()}"
    assert reason == f"is about {kinds}, of which the input of kind snapshot has none"


def test_types_that_were_not_asked_for_each_say_why_once():
    reasons = {
        SEAT.lower(): "--github-org",
        ENTERPRISE_SEAT.lower(): "--github-enterprise",
        SKU.lower(): "--github-org",
    }
    source = SourceInfo("azure", "arm", frozenset(), reasons)

    assert ask(rule(SEAT, ENTERPRISE_SEAT, SKU), inventory_of(source)) == ([], "--github-org; --github-enterprise")


def test_a_file_with_one_seat_is_judged_by_it():
    seat = make_resource(SEAT, "contoso/ada", source="arm-json")

    assert ask(rule(SEAT), make_inventory(seat, source="arm-json")) == (["ada"], "")


def test_an_arm_type_of_which_there_is_none_is_no_reason():
    assert ask(rule(COMPUTE), make_inventory(source="arm-json")) == ([], "")


def test_what_live_azure_was_not_asked_for_says_so_in_the_sources_words():
    source = SourceInfo("azure", "arm", frozenset(), {SEAT.lower(): "seats are read with --github-org"})

    assert ask(rule(SEAT), inventory_of(source)) == ([], "seats are read with --github-org")


def test_one_of_two_types_that_was_asked_for_is_enough():
    source = SourceInfo("azure", "arm", frozenset(), {ENTERPRISE_SEAT.lower(): "not asked"})

    assert ask(rule(SEAT, ENTERPRISE_SEAT), inventory_of(source)) == ([], "")


def test_one_of_two_sources_that_may_hold_the_type_is_enough():
    asked = SourceInfo("azure", "arm")

    assert ask(rule(SEAT), inventory_of(asked, SourceInfo("arm-json", "file"))) == ([], "")


def test_a_gap_says_it_better():
    gap = make_gap("/organizations/contoso", SEAT)

    assert ask(rule(SEAT), make_inventory(gaps=[gap], source="snapshot")) == ([], "")


def test_facts_that_no_source_can_hold():
    asked = rule(COMPUTE, facts=(("budgets", None),))

    resources, reason = ask(asked, make_inventory(CLUSTER))

    assert resources == []
    assert reason == "needs budgets, which are not read from an input of kind azure"


def test_facts_that_one_of_two_sources_can_hold():
    planned = make_resource(COMPUTE, "ws/planned", source="terraform-plan", declared=True)
    able, unable = SourceInfo("azure", "arm", frozenset({"budgets"})), SourceInfo("terraform-plan", "plan.json")
    asked = rule(COMPUTE, facts=(("budgets", None),))

    resources, reason = ask(asked, inventory_of(able, unable, resources=(CLUSTER, planned)))

    assert resources == ["cluster"]
    assert reason == "needs budgets, which are not read from an input of kind terraform-plan; --context can bring them"


def test_other_resources_that_a_file_does_not_hold():
    cluster = make_resource(COMPUTE, "ws/cluster", source="arm-json")
    asked = rule(COMPUTE, reads=frozenset({JOB.lower()}))

    resources, reason = ask(asked, make_inventory(cluster, source="arm-json"))

    assert resources == []
    assert reason == f"needs {JOB.lower()}, of which the input of kind arm-json has none"
    job = make_resource(JOB, "ws/job", source="arm-json")
    assert ask(asked, make_inventory(cluster, job, source="arm-json")) == (["cluster"], "")


@pytest.mark.parametrize("source", ["azure", "snapshot"])
def test_live_azure_and_snapshots_without_other_resources_had_none(source: str):
    cluster = make_resource(COMPUTE, "ws/cluster", source=source)

    assert ask(rule(COMPUTE, reads=frozenset({JOB.lower()})), make_inventory(cluster, source=source)) == (
        ["cluster"],
        "",
    )


def test_a_snapshot_that_did_not_ask_for_the_other_resources():
    cluster = make_resource(COMPUTE, "ws/cluster", source="snapshot")
    source = SourceInfo("snapshot", "file", frozenset(), {JOB.lower(): "no rule asked for jobs"})
    asked = rule(COMPUTE, reads=frozenset({JOB.lower()}))

    resources, reason = ask(asked, inventory_of(source, resources=(cluster,)))

    assert resources == []
    assert JOB.lower() in reason


def test_without_anything_to_judge_nobody_misses_other_resources():
    asked = rule(COMPUTE, reads=frozenset({JOB.lower()}))

    assert ask(asked, make_inventory(make_resource(WORKSPACE, "ws", source="arm-json"), source="arm-json")) == ([], "")
