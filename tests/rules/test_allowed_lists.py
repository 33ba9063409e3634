"""Lists of what may be used: `allowedModels`, `allowedVmSizes`, `allowedRegions`."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.values import UNKNOWN, Truth
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.assertions.base import InexpressibleError
from scanner.rules.environment import Environment, Judgement
from scanner.rules.patterns import objection, permits_everything
from tests.factories import (
    ACCOUNT,
    AS_OF,
    COMPUTE,
    DEPLOYMENT,
    PROJECT,
    compiled,
    compiled_with_problems,
    make_gap,
    make_group,
    make_inventory,
    make_resource,
    make_subscription,
)

ONLINE = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments"
GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
PER_ENVIRONMENT = {
    "allowedModels": ["gpt-4o*", "o3"],
    "deniedModels": ["*-preview"],
    "environments": {"dev": {"allowedModels": ["gpt-4o-mini"]}, "Prod": {"deniedModels": ["o3"]}},
}


def judge(tree: Any, resource: Any, *others: Any, **surroundings: Any) -> Judgement:
    return compiled(tree).explain(resource, Environment(make_inventory(resource, *others, **surroundings), AS_OF))


def chat(model: Any, **body: Any) -> Any:
    return make_resource(DEPLOYMENT, "acct/chat", properties={"model": {"name": model}}, **body)


def around(environment: str | None) -> tuple[Any, ...]:
    tags = {"environment": environment} if environment else {}
    return make_resource(ACCOUNT, "acct", tags=tags), make_group(), make_subscription()


@pytest.mark.parametrize(
    ("name", "allowed", "denied", "words"),
    [
        ("gpt-4o", ["*"], [], ""),
        ("gpt-4o", ["GPT-4*"], [], ""),
        ("gpt-4o", ["gpt-4"], [], "is not among the allowed [gpt-4]"),
        ("gpt-4o", [], [], "is not allowed: nothing is"),
        ("gpt-4o", ["*"], ["GPT-4O"], "is denied"),
        ("gpt-4o", ["gpt-4o"], ["*4*"], "is denied by '*4*'"),
        ("a.b", ["a?b"], [], "is not among the allowed [a?b]"),
    ],
)
def test_a_star_stands_for_anything_and_denied_wins(name: str, allowed: list[str], denied: list[str], words: str):
    assert objection(name, allowed, denied) == words


def test_only_a_list_that_no_name_can_violate_permits_everything():
    assert permits_everything(["gpt-4o", "*"], [])
    assert not permits_everything(["*"], ["gpt-4o"])
    assert not permits_everything(["gpt*"], [])


@pytest.mark.parametrize(
    ("model", "environment", "truth"),
    [
        ("gpt-4o", None, True),
        ("gpt-4o", "staging", True),
        ("gpt-4o", "DEV", False),
        ("gpt-4o-mini", "dev", True),
        ("o3", "staging", True),
        ("o3", "prod", False),
        ("gpt-4o-preview", "prod", False),
        ("gpt-4o-preview", "dev", False),
        ("gpt-4o-mini-preview", "dev", False),
    ],
)
def test_an_environment_replaces_the_allowed_and_adds_to_the_denied(model: str, environment: str | None, truth: Truth):
    assert judge({"allowedModels": PER_ENVIRONMENT}, chat(model), *around(environment)).truth is truth


@pytest.mark.parametrize(("model", "truth"), [("o3", None), ("gpt-4o", None), ("gpt-4o-mini", True), ("phi", False)])
def test_an_environment_that_is_not_known_matters_only_where_the_lists_differ(model: str, truth: Truth):
    account, _, subscription = around(None)
    gap = make_gap(subscription.id, GROUPS)

    assert judge({"allowedModels": PER_ENVIRONMENT}, chat(model), account, subscription, gaps=[gap]).truth is truth


@pytest.mark.parametrize("model", [None, UNKNOWN, 5, {}, []])
def test_a_model_that_is_not_known_is_unknown_unless_anything_goes(model: Any):
    assert judge({"allowedModels": {"allowedModels": ["gpt*"]}}, chat(model)).truth is None
    assert judge({"allowedModels": {}}, chat(model)).truth is True


def test_the_size_of_a_compute_and_of_an_online_deployment_stand_in_different_fields():
    tree = {"allowedVmSizes": {"allowedVmSizes": ["Standard_D*"], "deniedVmSizes": ["*_v2"]}}
    compute = make_resource(COMPUTE, "ws/c", properties={"properties": {"vmSize": "STANDARD_D4S_V5"}})
    online = make_resource(ONLINE, "ws/e/blue", properties={"instanceType": "Standard_DS3_v2"})

    assert judge(tree, compute).truth is True
    assert judge(tree, online).message == "the VM size Standard_DS3_v2 is denied by '*_v2'"
    assert judge(tree, make_resource(COMPUTE, "ws/c", properties={"properties": None})).truth is None
    assert judge({"allowedVmSizes": {}}, make_resource(COMPUTE, "ws/c")).truth is True


@pytest.mark.parametrize(
    ("location", "allowed", "truth"),
    [
        ("West Europe", ["westeurope"], True),
        ("westeurope", ["WEST EUROPE"], True),
        ("westeurope", ["north*", "*europe"], True),
        ("eastus2", ["eastus"], False),
        ("eastus2", [], False),
        (UNKNOWN, ["eastus2"], None),
        (5, ["eastus2"], None),
        (None, ["eastus2"], None),
        (None, ["*"], True),
    ],
)
def test_regions_compare_in_any_spelling(location: Any, allowed: list[str], truth: Truth):
    resource = make_resource(ACCOUNT, "acct", location=location)

    assert judge({"allowedRegions": {"allowedRegions": allowed}}, resource).truth is truth


@pytest.mark.parametrize("own", [None, ""])
def test_a_resource_without_a_location_stands_where_its_parent_does(own: Any):
    tree = {"allowedRegions": {"allowedRegions": ["westeurope"]}}
    parent = make_resource(ACCOUNT, "acct", location="eastus2")

    assert judge(tree, make_resource(PROJECT, "acct/p", location=own), parent).truth is False
    assert judge(tree, make_resource(PROJECT, "acct/p", location=own)).truth is None


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"allowedModels": {"allowedModels": "gpt-4o"}}, "'allowedModels' must be a list"),
        ({"allowedModels": {"environments": {"dev": ["gpt-4o"]}}}, "environments.dev"),
        ({"allowedModels": {"environments": {"dev": {"allow": []}}}}, "unknown key 'allow'"),
        ({"allowedVmSizes": {"deniedVmSizes": [5]}}, "must be a text"),
        ({"allowedRegions": {}}, "'allowedRegions' is missing"),
    ],
)
def test_lists_that_are_none_are_refused(tree: Any, words: str):
    _, problems = compiled_with_problems(tree)

    assert words in problems.found[0].message


def test_without_environments_the_model_can_be_judged_by_azure_policy():
    condition = ASSERTIONS["allowedModels"].to_azure_policy({"allowedModels": ["gpt-4*"], "deniedModels": ["gpt-4"]})

    assert judge(condition, chat("gpt-4o")).truth is True
    assert judge(condition, chat("gpt-4")).truth is False
    assert judge(condition, chat("o3")).truth is False
    with pytest.raises(InexpressibleError):
        ASSERTIONS["allowedModels"].to_azure_policy(PER_ENVIRONMENT)
    with pytest.raises(InexpressibleError):
        ASSERTIONS["allowedVmSizes"].to_azure_policy({})
