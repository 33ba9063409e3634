"""What a finding says: which value is there, which one is wanted, and why something is not known."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.inventory import Fact
from scanner.model.quota import QUOTA_USAGES, location_scope
from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN as NOT_KNOWN
from tests.factories import (
    ACCOUNT,
    COMPUTE,
    DEPLOYMENT,
    JOB,
    SUBSCRIPTION,
    make_group,
    make_resource,
    make_subscription,
)
from tests.policies.builtin.judging import finding, findings


def deployment(capacity: Any, **properties: Any) -> Resource:
    properties = {"model": {"format": "OpenAI", "name": "gpt"}, **properties}
    return make_resource(DEPLOYMENT, "acct/gpt", sku={"name": "Standard", "capacity": capacity}, properties=properties)


def cluster(**scale: Any) -> Resource:
    return make_resource(
        COMPUTE, "ws/c", properties={"computeType": "AmlCompute", "properties": {"scaleSettings": scale}}
    )


def instance(idle: Any) -> Resource:
    inner = {"idleTimeBeforeShutdown": idle}
    return make_resource(COMPUTE, "ws/i", properties={"computeType": "ComputeInstance", "properties": inner})


def job(**properties: Any) -> Resource:
    return make_resource(JOB, "ws/j", properties={"jobType": "Command", "status": "Running", **properties})


RATE, TIME = "openai-deployment-rate-limit", "ml-job-time-limit"
SHUTDOWN, TIMEOUT = "properties.properties.idleTimeBeforeShutdown", "properties.limits.timeout"
TOKENS = "at most 100,000 tokens a minute"
NODES, IDLE = (
    "properties.properties.scaleSettings.minNodeCount",
    "properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown",
)
LIMIT, COUNT = (
    {"key": "token", "count": 200_000, "renewalPeriod": 60},
    {"key": "token", "count": "x", "renewalPeriod": 60},
)


@pytest.mark.parametrize(
    ("rule", "resource", "message", "path", "actual"),
    [
        (RATE, deployment(250), f"250,000 tokens a minute; it must be {TOKENS}", "sku.capacity", 250),
        (
            RATE,
            deployment(1, rateLimits=[LIMIT]),
            f"200,000 tokens a minute; it must be {TOKENS}",
            "properties.rateLimits[key=token]",
            LIMIT,
        ),
        (
            RATE,
            deployment(1, rateLimits=[LIMIT, LIMIT]),
            f"200,000 tokens a minute; it must be {TOKENS}",
            "properties.rateLimits[key=token]",
            [LIMIT, LIMIT],
        ),
        (RATE, deployment(None), f"sku.capacity is not known; it must be {TOKENS}", "sku.capacity", None),
        (RATE, deployment(NOT_KNOWN), f"sku.capacity is not known; it must be {TOKENS}", "sku.capacity", None),
        (
            RATE,
            deployment("much"),
            f"sku.capacity is 'much', which is no number; it must be {TOKENS}",
            "sku.capacity",
            "much",
        ),
        ("ml-cluster-scale-to-zero", cluster(minNodeCount=2), "minNodeCount is 2; it must be 0", NODES, 2),
        (
            "ml-cluster-scale-to-zero",
            cluster(),
            "minNodeCount is not reported, so it cannot be judged; it must be 0",
            NODES,
            None,
        ),
        (
            "ml-cluster-scale-to-zero",
            cluster(minNodeCount=NOT_KNOWN),
            "minNodeCount is known only after deployment; it must be 0",
            NODES,
            None,
        ),
        (
            "ml-cluster-scale-to-zero",
            cluster(minNodeCount="none"),
            "minNodeCount is 'none', which cannot be read; it must be 0",
            NODES,
            "none",
        ),
        (
            "ml-cluster-idle-timeout",
            cluster(nodeIdleTimeBeforeScaleDown="PT2H"),
            "nodeIdleTimeBeforeScaleDown is PT2H; it must be at most PT30M",
            IDLE,
            "PT2H",
        ),
        (
            "ml-instance-idle-shutdown",
            instance(None),
            f"{SHUTDOWN} is not set; it must be at most PT1H",
            SHUTDOWN,
            None,
        ),
        (
            "ml-instance-idle-shutdown",
            instance("x"),
            f"{SHUTDOWN} is x, which cannot be compared; it must be at most PT1H",
            SHUTDOWN,
            "x",
        ),
        (
            TIME,
            job(),
            "no time limit: properties.limits.timeout is not set; it must be set and at most P1D",
            TIMEOUT,
            None,
        ),
        (
            TIME,
            job(limits={"timeout": "P2D"}),
            "properties.limits.timeout is 'P2D'; it must be set and at most P1D",
            TIMEOUT,
            "P2D",
        ),
        (
            TIME,
            job(limits={"timeout": "x"}),
            "properties.limits.timeout is 'x', which cannot be read; it must be set and at most P1D",
            TIMEOUT,
            "x",
        ),
        (
            TIME,
            job(limits=NOT_KNOWN),
            "properties.limits.timeout is not known here; it must be set and at most P1D",
            TIMEOUT,
            None,
        ),
    ],
)
def test_a_finding_says_what_is_there_and_what_is_wanted(rule, resource, message, path, actual):
    found = finding(rule, resource)
    assert found.message == message
    assert (found.evidence[0].path, found.evidence[0].actual) == (path, actual)


def quota(limit: Any, current: Any = 90) -> list[Fact]:
    item = {"name": {"value": "OpenAI.Standard.gpt"}, "currentValue": current, "limit": limit}
    return [Fact(QUOTA_USAGES, location_scope(SUBSCRIPTION, "eastus2"), [item])]


ACCT = make_resource(ACCOUNT, "acct", kind="OpenAI", location="eastus2")


@pytest.mark.parametrize(
    ("capacity", "facts", "message", "path"),
    [
        (
            60,
            quota(100),
            "60 of 100 units of OpenAI.Standard.gpt in eastus2, 60%; it must be at most 50% of the pool",
            "sku.capacity",
        ),
        (None, quota(100), "the capacity is not known, so its share of the quota is not either", "sku.capacity"),
        (
            60,
            quota(0),
            "the share of the quota is not known: the limit of the pool OpenAI.Standard.gpt is 0",
            "quotaUsages[OpenAI.Standard.gpt].limit",
        ),
        (
            60,
            quota(None),
            "the share of the quota is not known: the pool has no limit",
            "quotaUsages[OpenAI.Standard.gpt].limit",
        ),
        (
            60,
            [],
            "the share of the quota is not known: the quota usages of eastus2 were not read",
            "quotaUsages[OpenAI.Standard.gpt].limit",
        ),
        (
            60,
            [Fact(QUOTA_USAGES, location_scope(SUBSCRIPTION, "eastus2"), [])],
            "the share of the quota is not known: the region eastus2 lists no quota pool OpenAI.Standard.gpt",
            "quotaUsages[OpenAI.Standard.gpt].limit",
        ),
    ],
)
def test_a_share_of_the_quota_says_of_what(capacity, facts, message, path):
    found = finding("openai-quota-share", deployment(capacity), ACCT, facts=facts)
    assert (found.message, found.evidence[0].path) == (message, path)


@pytest.mark.parametrize(("capacity", "actual"), [(None, None), (NOT_KNOWN, None), ("much", "much"), (True, True)])
def test_a_capacity_that_cannot_be_read_is_shown(capacity, actual):
    found = finding("openai-quota-share", deployment(capacity), ACCT, facts=quota(100))
    assert [(item.path, item.actual) for item in found.evidence] == [("sku.capacity", actual)]


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (
            quota(100, 95),
            "95 of 100 units of OpenAI.Standard.gpt are allocated, 95%; it must be at most 90% of the limit",
        ),
        (quota(0), "the allocation of OpenAI.Standard.gpt is not known: the limit is 0"),
        (quota(100, "x"), "the allocation of OpenAI.Standard.gpt is not known: the current value is not a number"),
        (quota(None), "the allocation of OpenAI.Standard.gpt is not known: the pool has no limit"),
    ],
)
def test_a_pool_says_how_full_it_is(facts, message):
    (found,) = findings("openai-quota-headroom", deployment(1), ACCT, facts=facts)
    assert found.message == message


def test_what_is_certain_about_tags_is_said_before_what_is_not():
    account = make_resource(ACCOUNT, "acct", kind="OpenAI", tags={"environment": "prd"})
    allowed = {"tier": ["gold"], "environment": ["prod"]}
    found = finding("tag-values", account, make_subscription(), allowedTagValues=allowed)
    assert found.message == "tag environment (from the resource) is 'prd', not one of [prod]"
    assert [item.path for item in found.evidence] == ["effectiveTags.environment"]
    missing = finding("required-tags", account, make_subscription(), requiredTags=["team", "owner"])
    assert missing.message == "cannot tell about the tags team, owner: the resource group was not read"
    both = finding("required-tags", account, make_group(), make_subscription(), requiredTags=["team"])
    assert both.message == "missing tags: team"
