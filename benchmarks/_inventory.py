"""A generated inventory: resource groups with an account, its deployments, a workspace, its computes and jobs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

Json = dict[str, Any]
SKUS = ("Standard", "GlobalStandard", "DataZoneStandard", "GlobalProvisionedManaged", "GlobalBatch")
JOB_TYPES = ("Command", "Sweep", "AutoML", "Pipeline", "Spark")
STATUSES = ("Running", "Queued", "Completed", "Failed")


def inventory_json(resources: int) -> list[Json]:
    """Give so many resources in ARM JSON, containers included; always the same ones."""
    chance = random.Random(20261124)
    return list(islice(_estate(chance), resources))


def _estate(chance: random.Random) -> Iterator[Json]:
    number = 0
    while True:
        subscription = f"/subscriptions/00000000-0000-4000-8000-{number:012d}"
        yield {
            "id": subscription,
            "type": "Microsoft.Resources/subscriptions",
            "name": str(number),
            "tags": {"cost-center": "4100"},
        }
        for index in range(40):
            yield from _group(chance, f"{subscription}/resourceGroups/rg-{index}")
        number += 1


def _group(chance: random.Random, group: str) -> Iterator[Json]:
    environment = chance.choice(("dev", "test", "prod", "production"))
    tags = {"environment": environment, "Team": "search"}
    yield {"id": group, "type": "Microsoft.Resources/subscriptions/resourceGroups", "name": group[-5:], "tags": tags}
    own = {"workload": "assistant"} if chance.random() < 0.7 else {}
    account = f"{group}/providers/Microsoft.CognitiveServices/accounts/oai"
    kind = "Microsoft.CognitiveServices/accounts"
    properties = {"endpoint": "https://oai.openai.azure.com/", "provisioningState": "Succeeded"}
    yield _resource(account, kind, own, kind="OpenAI", sku={"name": "S0"}, properties=properties)
    for index in range(10):
        yield _deployment(chance, f"{account}/deployments/model-{index}")
    workspace = f"{group}/providers/Microsoft.MachineLearningServices/workspaces/mlw"
    kind = "Microsoft.MachineLearningServices/workspaces"
    yield _resource(workspace, kind, own, kind="Default", properties={"provisioningState": "Succeeded"})
    for index in range(8):
        yield _compute(chance, f"{workspace}/computes/compute-{index}")
    for index in range(20):
        yield _job(chance, f"{workspace}/jobs/job-{index}")
    search = f"{group}/providers/Microsoft.Search/searchServices/search"
    yield _resource(search, "Microsoft.Search/searchServices", own, sku={"name": "standard"}, properties={})


def _resource(resource_id: str, kind: str, tags: Json, /, **fields: Any) -> Json:
    name = resource_id.rpartition("/")[2]
    return {"id": resource_id, "name": name, "type": kind, "location": "swedencentral", "tags": tags, **fields}


def _deployment(chance: random.Random, resource_id: str) -> Json:
    sku, capacity = chance.choice(SKUS), chance.randrange(10, 200)
    limits = [
        {"key": "request", "renewalPeriod": 10, "count": capacity},
        {"key": "token", "renewalPeriod": 60, "count": capacity * 1000},
    ]
    properties = {
        "model": {"format": "OpenAI", "name": "gpt-4.1", "version": "2025-04-14"},
        "provisioningState": "Succeeded",
        "currentCapacity": capacity,
        "capabilities": {"chatCompletion": "true", "maxContextToken": "128000", "area": "EUR"},
        "rateLimits": limits if chance.random() < 0.8 else [],
        "versionUpgradeOption": "OnceNewDefaultVersionAvailable",
    }
    return {
        "id": resource_id,
        "name": resource_id.rpartition("/")[2],
        "type": "Microsoft.CognitiveServices/accounts/deployments",
        "sku": {"name": sku, "capacity": capacity},
        "properties": properties,
        "systemData": {"createdAt": "2026-05-11T09:12:44.1Z", "createdByType": "User"},
    }


def _compute(chance: random.Random, resource_id: str) -> Json:
    inner: Json = {"vmSize": "STANDARD_D4DS_V5"}
    if chance.random() < 0.6:
        idle = chance.choice(("PT2M", "PT10M", "PT2H"))
        scale = {"minNodeCount": chance.choice((0, 0, 1)), "maxNodeCount": 8, "nodeIdleTimeBeforeScaleDown": idle}
        kind, inner = "AmlCompute", {**inner, "vmPriority": "Dedicated", "scaleSettings": scale, "osType": "Linux"}
    else:
        kind, inner = "ComputeInstance", {**inner, "state": "Running", "schedules": {"computeStartStop": []}}
        if chance.random() < 0.5:
            inner["idleTimeBeforeShutdown"] = chance.choice(("PT30M", "P1D"))
    properties = {"computeType": kind, "provisioningState": "Succeeded", "properties": inner}
    return _resource(resource_id, "Microsoft.MachineLearningServices/workspaces/computes", {}, properties=properties)


def _job(chance: random.Random, resource_id: str) -> Json:
    kind = chance.choice(JOB_TYPES)
    properties: Json = {"jobType": kind, "status": chance.choice(STATUSES), "experimentName": "forecast", "tags": {}}
    limit = chance.choice(({}, {"timeout": "PT6H"}, {"timeout": "P3D"}))
    if kind == "Command":
        properties["limits"] = {"jobLimitsType": kind, **limit}
    elif kind == "Sweep":
        trials = {"maxTotalTrials": chance.choice((20, 500)), "maxConcurrentTrials": 4}
        properties["limits"] = {"jobLimitsType": kind, **limit, **trials}
    elif kind == "AutoML":
        properties["taskDetails"] = {"limitSettings": {**limit, "maxTrials": 50, "maxConcurrentTrials": 4}}
    elif kind == "Pipeline":
        steps = (("prepare", {"timeout": 3600}), ("train", limit))
        properties["jobs"] = {name: {"type": "command", "limits": limits} for name, limits in steps}
    return {
        "id": resource_id,
        "name": resource_id.rpartition("/")[2],
        "type": "Microsoft.MachineLearningServices/workspaces/jobs",
        "properties": properties,
        "systemData": {"createdAt": "2026-11-23T12:00:00Z", "createdByType": "User"},
    }
