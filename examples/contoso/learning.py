"""Azure Machine Learning resources, in the shapes in which Azure's REST API answers."""

from __future__ import annotations

from typing import Any

from contoso.shapes import Json, ago, inside

LEARNING = "Microsoft.MachineLearningServices"


def workspace(parent: Json, name: str, location: str, kind: str = "Default", tags: Json | None = None) -> Json:
    """Give an Azure Machine Learning workspace."""
    return inside(
        parent,
        f"{LEARNING}/workspaces",
        name,
        location=location,
        kind=kind,
        sku={"name": "Basic", "tier": "Basic"},
        tags=tags or {},
        identity={"type": "SystemAssigned"},
        properties={
            "friendlyName": name,
            "provisioningState": "Succeeded",
            "publicNetworkAccess": "Enabled",
            "discoveryUrl": f"https://{location}.api.azureml.ms/discovery",
        },
    )


def cluster(parent: Json, name: str, size: str, scale: Json, tags: Json | None = None, **inner: Any) -> Json:
    """Give an AmlCompute cluster; `scale` are its scaleSettings."""
    nodes = scale.get("minNodeCount", 0)
    return _compute(
        parent,
        name,
        "AmlCompute",
        tags,
        {
            "vmSize": size,
            "vmPriority": "Dedicated",
            "osType": "Linux",
            "scaleSettings": scale,
            "allocationState": "Steady",
            "currentNodeCount": nodes,
            "targetNodeCount": nodes,
            **inner,
        },
    )


def instance(parent: Json, name: str, size: str, idle: str | None, state: str = "Running", *, since: int = 4) -> Json:
    """Give a compute instance; `idle` is its idle shutdown, None where it has none; in its state `since` days."""
    inner = {
        "vmSize": size,
        "state": state,
        "applicationSharingPolicy": "Personal",
        "schedules": {"computeStartStop": []},
        "lastOperation": {
            "operationName": "Start" if state == "Running" else "Stop",
            "operationTime": ago(days=since),
            "operationStatus": "Succeeded",
            "operationTrigger": "User",
        },
    }
    return _compute(
        parent, name, "ComputeInstance", None, {**inner, **({"idleTimeBeforeShutdown": idle} if idle else {})}
    )


def _compute(parent: Json, name: str, kind: str, tags: Json | None, inner: Json) -> Json:
    return inside(
        parent,
        f"{LEARNING}/workspaces/computes",
        name,
        location=parent["location"],
        tags=tags or {},
        properties={
            "computeType": kind,
            "computeLocation": parent["location"],
            "provisioningState": "Succeeded",
            "createdOn": ago(days=90),
            "isAttachedCompute": False,
            "properties": inner,
        },
    )


def job(
    parent: Json,
    name: str,
    kind: str,
    compute: Json | None,
    status: str = "Running",
    *,
    age: int = 20,
    **properties: Any,
) -> Json:
    """Give a job, `age` hours old; without a compute it runs serverless."""
    inner: Json = {"jobType": kind, "status": status, "displayName": name, "experimentName": name, "isArchived": False}
    if compute:
        inner["computeId"] = compute["id"]
    return inside(
        parent,
        f"{LEARNING}/workspaces/jobs",
        name,
        properties={**inner, **properties},
        systemData={"createdAt": ago(hours=age), "createdByType": "User"},
    )


def online_endpoint(parent: Json, name: str, traffic: Json, tags: Json | None = None) -> Json:
    """Give a managed online endpoint; `traffic` is deployment to percent."""
    return inside(
        parent,
        f"{LEARNING}/workspaces/onlineEndpoints",
        name,
        location=parent["location"],
        kind="Managed",
        tags=tags or {},
        properties={"authMode": "AADToken", "traffic": traffic, "provisioningState": "Succeeded"},
        systemData={"createdAt": ago(days=150), "createdByType": "User"},
    )


def online_deployment(parent: Json, name: str, size: str, instances: int) -> Json:
    """Give a managed online deployment."""
    return inside(
        parent,
        f"{LEARNING}/workspaces/onlineEndpoints/deployments",
        name,
        location=parent["location"],
        kind="Managed",
        tags={},
        sku={"name": "Default", "capacity": instances},
        properties={
            "endpointComputeType": "Managed",
            "instanceType": size,
            "scaleSettings": {"scaleType": "Default"},
            "provisioningState": "Succeeded",
        },
    )


def serverless_endpoint(parent: Json, name: str, model_id: str) -> Json:
    """Give a serverless endpoint."""
    return inside(
        parent,
        f"{LEARNING}/workspaces/serverlessEndpoints",
        name,
        location=parent["location"],
        tags={},
        properties={"authMode": "Key", "endpointState": "Online", "modelSettings": {"modelId": model_id}},
    )
