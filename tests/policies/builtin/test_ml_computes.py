"""ml-cluster-scale-to-zero, ml-cluster-idle-timeout and ml-instance-idle-shutdown."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN as NOT_KNOWN
from scanner.model.verdict import Outcome
from tests.factories import COMPUTE, make_resource
from tests.policies.builtin.judging import NOT_APPLICABLE, finding, judge

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN


def cluster(declared: bool = False, **scale: Any) -> Resource:
    properties = {"computeType": "AmlCompute", "properties": {"vmSize": "STANDARD_NC6", "scaleSettings": scale}}
    return make_resource(COMPUTE, "ws/cluster", declared=declared, properties=properties)


def instance(**inner: Any) -> Resource:
    return make_resource(COMPUTE, "ws/ci", properties={"computeType": "ComputeInstance", "properties": inner})


@pytest.mark.parametrize(
    ("nodes", "outcome"),
    [
        (0, PASS),
        (0.0, PASS),
        ("0", PASS),
        (1, FAIL),
        ("2", FAIL),
        (-1, FAIL),
        (None, UNKNOWN),
        ("none", UNKNOWN),
        (False, UNKNOWN),
        (NOT_KNOWN, UNKNOWN),
    ],
)
def test_a_cluster_scales_to_zero(nodes, outcome):
    assert judge("ml-cluster-scale-to-zero", cluster(minNodeCount=nodes, maxNodeCount=4)) is outcome


@pytest.mark.parametrize(("declared", "outcome"), [(False, UNKNOWN), (True, PASS)])
@pytest.mark.parametrize("rule", ["ml-cluster-scale-to-zero", "ml-cluster-idle-timeout"])
def test_what_is_absent_is_unknown_in_azure_and_the_default_in_a_template(rule, declared, outcome):
    assert judge(rule, cluster(declared)) is outcome
    properties = {"computeType": "amlcompute"}
    assert judge(rule, make_resource(COMPUTE, "ws/c", declared=declared, properties=properties)) is outcome


def test_an_unresolved_expression_in_a_template_is_unknown_and_not_the_default():
    declared = cluster(declared=True, minNodeCount=NOT_KNOWN, nodeIdleTimeBeforeScaleDown=NOT_KNOWN)
    assert judge("ml-cluster-scale-to-zero", declared) is UNKNOWN
    assert judge("ml-cluster-idle-timeout", declared) is UNKNOWN


@pytest.mark.parametrize(
    ("idle", "outcome"),
    [
        ("PT120S", PASS),
        ("PT30M", PASS),
        ("PT0.5H", PASS),
        ("PT30M1S", FAIL),
        ("P1D", FAIL),
        ("PT0S", PASS),
        (None, UNKNOWN),
        ("", UNKNOWN),
        ("half an hour", UNKNOWN),
        (1800, UNKNOWN),
    ],
)
def test_a_cluster_releases_idle_nodes_soon(idle, outcome):
    assert judge("ml-cluster-idle-timeout", cluster(minNodeCount=5, nodeIdleTimeBeforeScaleDown=idle)) is outcome


def test_the_longest_idle_time_can_be_chosen():
    assert judge("ml-cluster-idle-timeout", cluster(nodeIdleTimeBeforeScaleDown="PT2H"), maxIdleTime="PT120M") is PASS
    assert judge("ml-cluster-idle-timeout", cluster(nodeIdleTimeBeforeScaleDown="PT2H"), maxIdleTime="PT119M") is FAIL


@pytest.mark.parametrize(
    ("rule", "kind", "outcome"),
    [
        ("ml-cluster-scale-to-zero", "ComputeInstance", NOT_APPLICABLE),
        ("ml-cluster-idle-timeout", "Kubernetes", NOT_APPLICABLE),
        ("ml-instance-idle-shutdown", "AmlCompute", NOT_APPLICABLE),
        ("ml-cluster-scale-to-zero", None, UNKNOWN),
        ("ml-cluster-idle-timeout", None, UNKNOWN),
        ("ml-instance-idle-shutdown", None, UNKNOWN),
    ],
)
def test_a_rule_is_about_one_type_of_compute(rule, kind, outcome):
    compute = make_resource(COMPUTE, "ws/c", properties={"computeType": kind, "properties": {}})
    assert judge(rule, compute) is outcome


@pytest.mark.parametrize("properties", [None, "gone", [], {"computeType": "AmlCompute", "properties": "x"}])
def test_a_compute_of_another_shape_is_unknown_and_no_crash(properties):
    assert judge("ml-cluster-scale-to-zero", make_resource(COMPUTE, "ws/c", properties=properties)) is UNKNOWN


@pytest.mark.parametrize(
    ("idle", "outcome"),
    [
        ("PT15M", PASS),
        ("PT60M", PASS),
        ("PT1H", PASS),
        ("PT61M", FAIL),
        ("P3D", FAIL),
        (None, FAIL),
        ("never", UNKNOWN),
        (NOT_KNOWN, UNKNOWN),
    ],
)
def test_an_instance_stops_when_it_is_idle(idle, outcome):
    assert judge("ml-instance-idle-shutdown", instance(state="Running", idleTimeBeforeShutdown=idle)) is outcome


def test_an_instance_that_never_stops_by_itself_fails():
    found = finding("ml-instance-idle-shutdown", instance(state="Stopped"))
    assert found.outcome is FAIL
    assert "idleTimeBeforeShutdown is not set" in found.message


def test_the_longest_idle_time_of_an_instance_can_be_chosen():
    assert judge("ml-instance-idle-shutdown", instance(idleTimeBeforeShutdown="PT2H"), maxIdleTime="PT3H") is PASS
