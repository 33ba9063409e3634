"""Jobs, clusters and endpoints of Azure ML: `idleCluster`, `jobAge`, `endpointDeployments`, `children`."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.values import UNKNOWN, Truth
from scanner.rules.environment import Environment, Judgement
from tests.factories import (
    ACCOUNT,
    AS_OF,
    COMPUTE,
    DEPLOYMENT,
    JOB,
    WORKSPACE,
    arm_id,
    compiled,
    compiled_with_problems,
    days_before,
    make_gap,
    make_inventory,
    make_resource,
)

ENDPOINT = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
ONLINE = f"{ENDPOINT}/deployments"
CLUSTER = make_resource(COMPUTE, "ws/GPUs", properties={"computeType": "AmlCompute"})
IDLE = {"idleCluster": {"window": "P14D"}}
EMPTY: dict[str, Any] = {"endpointDeployments": {}}


def judge(tree: Any, resource: Any, *others: Any, **surroundings: Any) -> Judgement:
    return compiled(tree).explain(resource, Environment(make_inventory(resource, *others, **surroundings), AS_OF))


def job(created: Any = None, status: Any = "Completed", name: str = "ws/train", **properties: Any) -> Any:
    body = {"status": status, "computeId": CLUSTER.id, **properties}
    return make_resource(JOB, name, properties=body, systemData={"createdAt": created or days_before(20)})


@pytest.mark.parametrize(
    ("created", "status", "truth"),
    [
        (days_before(20), "Completed", False),
        (days_before(14), "Completed", True),
        (days_before(1), "failed", True),
        (days_before(20), "CANCELED", False),
        (days_before(200), "Running", True),
        (days_before(200), "NotResponding", True),
        ("once", "Completed", None),
        (5, "Failed", None),
        (days_before(20), None, None),
        (days_before(20), UNKNOWN, None),
        (days_before(1), UNKNOWN, True),
        ("once", "Paused", True),
    ],
)
def test_a_job_keeps_a_cluster_busy_until_it_ends_and_for_a_while_after(created: Any, status: Any, truth: Truth):
    assert judge(IDLE, CLUSTER, job(created, status)).truth is truth


@pytest.mark.parametrize(
    ("named", "truth"),
    [
        ({"computeId": CLUSTER.id.upper()}, True),
        ({"computeId": f"{CLUSTER.id}2"}, False),
        ({"computeId": None}, False),
        ({"computeId": "gpus"}, True),
        ({"computeId": None, "settings": {"default_compute": "azureml:gpus"}}, True),
        ({"computeId": None, "settings": {"default_compute_target": CLUSTER.id}}, True),
        ({"computeId": None, "settings": {"force_rerun": True}}, False),
        ({"computeId": None, "jobs": {"a": {"compute": "other"}, "b": {"computeId": CLUSTER.id}}}, True),
        ({"computeId": None, "jobs": {"a": {"type": "pipeline", "jobs": {"b": {"target": "gpus"}}}}}, True),
        ({"computeId": None, "jobs": {"a": {"inputs": {"text": "gpus"}}}}, False),
        ({"computeId": None, "jobs": ["gpus"], "settings": "gpus"}, False),
        ({"computeId": {"id": CLUSTER.id}}, False),
    ],
)
def test_what_a_job_runs_on(named: dict[str, Any], truth: Truth):
    assert judge(IDLE, CLUSTER, job(status="Running", **named)).truth is truth


def test_jobs_of_another_workspace_do_not_count():
    assert judge(IDLE, CLUSTER, job(status="Running", name="elsewhere/train", computeId="gpus")).truth is False


def test_a_gap_in_the_jobs_hides_the_ones_that_are_not_there():
    gap = make_gap(arm_id(WORKSPACE, "ws"), JOB)

    assert judge(IDLE, CLUSTER, gaps=[gap]).truth is None
    assert judge(IDLE, CLUSTER, job(), gaps=[gap]).truth is None
    assert judge(IDLE, CLUSTER, job(status="Running"), gaps=[gap]).truth is True


def test_a_pipeline_without_end_is_no_crash():
    steps: dict[str, Any] = {}
    steps["again"] = {"jobs": steps}

    assert judge(IDLE, CLUSTER, job(status="Running", computeId=None, jobs=steps)).truth is False


@pytest.mark.parametrize(
    ("created", "truth"),
    [
        (days_before(3), True),
        (days_before(3.001), False),
        (days_before(-1), True),
        (None, None),
        (UNKNOWN, None),
        (5, None),
        ("in spring", None),
    ],
)
def test_a_job_is_as_old_as_its_creation(created: Any, truth: Truth):
    running = make_resource(JOB, "ws/train", systemData={"createdAt": created})

    assert judge({"jobAge": {"maxAge": "P3D"}}, running).truth is truth


def endpoint(**properties: Any) -> Any:
    return make_resource(ENDPOINT, "ws/demand", properties=properties)


def online(name: str, capacity: Any = 1) -> Any:
    return make_resource(ONLINE, f"ws/demand/{name}", sku={"name": "Default", "capacity": capacity})


@pytest.mark.parametrize(
    ("properties", "capacity", "truth"),
    [
        ({"traffic": {"blue": 100}}, 1, True),
        ({"traffic": {"Blue": "5"}}, 1, True),
        ({"traffic": {"blue": 0}}, 1, False),
        ({"traffic": {"blue": 0}}, 0, True),
        ({"traffic": {"green": 100}}, 1, False),
        ({"traffic": {}}, 1, False),
        ({}, 1, False),
        ({"traffic": "all"}, 1, False),
        ({"traffic": {"blue": None}}, 1, False),
        ({"traffic": {"blue": "much"}}, 1, None),
        ({"traffic": UNKNOWN}, 1, None),
        ({"traffic": {"blue": 0}}, None, None),
        ({"traffic": {"blue": 0}}, "two", None),
        ({"traffic": {"green": 100}, "mirrorTraffic": {"blue": 10}}, 1, True),
    ],
)
def test_a_deployment_without_traffic_holds_no_instance(properties: dict[str, Any], capacity: Any, truth: Truth):
    assert judge(EMPTY, endpoint(**properties), online("blue", capacity)).truth is truth


def test_one_that_waits_is_enough_whatever_is_not_known_of_the_others():
    judgement = judge(EMPTY, endpoint(traffic={}), online("blue", None), online("green", 3))

    assert judgement.message == "deployments without traffic hold instances: green (3)"


def test_an_endpoint_without_deployments_serves_nothing_unless_they_were_not_read():
    assert judge(EMPTY, endpoint()).message == "it has no deployment, so it serves nothing"
    gap = make_gap(endpoint().id, ONLINE)
    assert judge(EMPTY, endpoint(traffic={"blue": 100}), online("blue"), gaps=[gap]).truth is None
    assert judge(EMPTY, endpoint(traffic={}), online("blue"), gaps=[gap]).truth is False


ANY = {"children": {"type": DEPLOYMENT}}
TWO_GPT = {"children": {"type": DEPLOYMENT.lower(), "atLeast": 2, "whose": "properties.model.name", "like": "gpt*"}}


def deployments(*models: Any) -> list[Any]:
    return [
        make_resource(DEPLOYMENT, f"acct/d{index}", properties={"model": {"name": model}})
        for index, model in enumerate(models)
    ]


@pytest.mark.parametrize(
    ("models", "truth"),
    [
        ([], False),
        (["gpt-4o"], False),
        (["gpt-4o", "GPT-5"], True),
        (["gpt-4o", "o3"], False),
        (["gpt-4o", UNKNOWN], None),
        (["gpt-4o", None], False),
        (["gpt-4o", {}], False),
        (["gpt-4o", "gpt-5", UNKNOWN], True),
    ],
)
def test_children_are_counted_by_a_field(models: list[Any], truth: Truth):
    assert judge(TWO_GPT, make_resource(ACCOUNT, "acct"), *deployments(*models)).truth is truth


def test_children_of_others_do_not_count_and_a_gap_may_hide_more():
    other = make_resource(ACCOUNT, "other")

    assert judge(ANY, other, *deployments("gpt-4o")).truth is False
    assert judge(ANY, other, gaps=[make_gap(other.id, DEPLOYMENT)]).truth is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"type": "deployments"}, "must be an ARM type"),
        ({"type": DEPLOYMENT, "atLeast": 0}, "atLeast"),
        ({"type": DEPLOYMENT, "whose": "properties..name"}, "is no path"),
        ({"type": DEPLOYMENT, "whose": "properties.rateLimits[*].count"}, "many values"),
        ({"kind": DEPLOYMENT}, "unknown key 'kind'"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments: Any, words: str):
    _, problems = compiled_with_problems({"children": arguments})

    assert any(words in problem.message for problem in problems.found), problems.found
