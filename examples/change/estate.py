"""What the example change builds: a support assistant in development, each thing in ARM's shape."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

SUBSCRIPTION = "c8e2d9a4-31f7-4b56-8a0c-7f6b5e1d2093"
"""That of the example company's development, so that its inventory is the context of the change."""
GROUP = "rg-support-dev"
LOCATION = "eastus2"
GROUP_TAGS = {"environment": "dev", "team": "support", "workload": "helpdesk"}
TAGS = {"cost-center": "4711"}
ROOT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
COGNITIVE, LEARNING = "Microsoft.CognitiveServices", "Microsoft.MachineLearningServices"
ACCOUNT, DEPLOYMENT = f"{COGNITIVE}/accounts", f"{COGNITIVE}/accounts/deployments"
WORKSPACE, COMPUTE = f"{LEARNING}/workspaces", f"{LEARNING}/workspaces/computes"
ENDPOINT = f"{LEARNING}/workspaces/onlineEndpoints"
SEARCH, BOT, FABRIC = (
    "Microsoft.Search/searchServices",
    "Microsoft.BotService/botServices",
    "Microsoft.Fabric/capacities",
)
GROUP_TYPE = "Microsoft.Resources/resourceGroups"
API_VERSIONS = {
    COGNITIVE: "2025-09-01",
    LEARNING: "2025-06-01",
    "Microsoft.Search": "2025-05-01",
    "Microsoft.BotService": "2022-09-15",
    "Microsoft.Fabric": "2023-11-01",
    "Microsoft.Resources": "2025-04-01",
}


def api_version(resource: Json) -> str:
    """Give the version of the API that a resource is written for."""
    return API_VERSIONS[resource["type"].partition("/")[0]]


def resource(kind: str, name: str, /, **body: Any) -> Json:
    """Give a resource in ARM's shape; `name` is `parent/child` for a child."""
    provider, *types = kind.split("/")
    pairs = "/".join(f"{word}/{part}" for word, part in zip(types, name.split("/"), strict=True))
    identity = f"{ROOT}/providers/{provider}/{pairs}"
    return {"id": identity, "type": kind, "name": name.rpartition("/")[2], **body}


def deployment(name: str, model: str, version: str, sku: str, capacity: int, policy: str | None) -> Json:
    """Give a model deployment of the assistant's account; `policy` is its content filter."""
    properties = {
        "model": {"format": "OpenAI", "name": model, "version": version},
        "versionUpgradeOption": "OnceNewDefaultVersionAvailable",
    }
    filtered = {"raiPolicyName": policy} if policy else {}
    sized = {"name": sku, "capacity": capacity}
    return resource(DEPLOYMENT, f"support-assistant/{name}", sku=sized, properties=properties | filtered)


def compute(name: str, kind: str, settings: Json) -> Json:
    """Give a compute of the workspace."""
    return resource(
        COMPUTE,
        f"mlw-support/{name}",
        location=LOCATION,
        properties={"computeType": kind, "properties": settings},
    )


def cluster(name: str, size: str, priority: str, nodes: tuple[int, int], idle: str) -> Json:
    """Give a cluster; `nodes` are the fewest and the most, `idle` is an ISO 8601 duration."""
    scale = {"minNodeCount": nodes[0], "maxNodeCount": nodes[1], "nodeIdleTimeBeforeScaleDown": idle}
    return compute(name, "AmlCompute", {"vmSize": size, "vmPriority": priority, "scaleSettings": scale})


def estate() -> list[Json]:
    """Give everything the change builds, parents first."""
    return [
        {"id": ROOT, "type": GROUP_TYPE, "name": GROUP, "location": LOCATION, "tags": GROUP_TAGS},
        resource(
            ACCOUNT,
            "support-assistant",
            location=LOCATION,
            kind="OpenAI",
            sku={"name": "S0"},
            tags=TAGS,
            properties={"customSubDomainName": "support-assistant", "disableLocalAuth": False},
        ),
        resource(
            ACCOUNT,
            "support-foundry",
            location=LOCATION,
            kind="AIServices",
            sku={"name": "S0"},
            tags={"cost-center": ""},
            properties={"customSubDomainName": "support-foundry", "disableLocalAuth": True},
        ),
        deployment("chat", "gpt-4.1", "2025-04-14", "GlobalStandard", 60, "Microsoft.DefaultV2"),
        deployment("chat-load", "gpt-4.1-mini", "2025-04-14", "GlobalStandard", 500, "Microsoft.DefaultV2"),
        deployment("reserved", "gpt-4.1-mini", "2025-04-14", "GlobalProvisionedManaged", 50, None),
        resource(
            WORKSPACE,
            "mlw-support",
            location=LOCATION,
            kind="Default",
            sku={"name": "Basic"},
            tags=TAGS,
            properties={"publicNetworkAccess": "Disabled"},
        ),
        cluster("small", "Standard_DS3_v2", "Dedicated", (0, 4), "PT10M"),
        cluster("gpu", "Standard_NC24ads_A100_v4", "Dedicated", (1, 40), "PT2H"),
        compute("ci-ada", "ComputeInstance", {"vmSize": "Standard_DS3_v2"}),
        compute("ci-lin", "ComputeInstance", {"vmSize": "Standard_DS3_v2", "idleTimeBeforeShutdown": "PT30M"}),
        resource(
            ENDPOINT,
            "mlw-support/triage",
            location=LOCATION,
            tags=TAGS,
            properties={"authMode": "AADToken", "traffic": {"blue": 100}},
        ),
        resource(
            f"{ENDPOINT}/deployments",
            "mlw-support/triage/blue",
            location=LOCATION,
            sku={"name": "Default", "capacity": 8},
            properties={"endpointComputeType": "Managed", "instanceType": "Standard_DS3_v2"},
        ),
        resource(
            SEARCH,
            "support-search",
            location=LOCATION,
            sku={"name": "standard"},
            tags=TAGS,
            properties={"replicaCount": 2, "partitionCount": 1},
        ),
        resource(BOT, "support-bot", location="global", kind="azurebot", sku={"name": "S1"}, tags=TAGS, properties={}),
        resource(
            FABRIC, "supportfabric", location=LOCATION, sku={"name": "F64", "tier": "Fabric"}, tags=TAGS, properties={}
        ),
    ]


def reported() -> list[Json]:
    """Give the same once it is built: what Azure adds of its own is the state things are in."""
    return [_built(one) for one in estate()]


def _built(resource: Json) -> Json:
    if resource["type"] == GROUP_TYPE:
        return resource
    state: Json = {"provisioningState": "Succeeded"}
    properties = resource.get("properties", {})
    if resource["type"] == FABRIC:
        state["state"] = "Active"
    if properties.get("computeType") == "ComputeInstance":
        properties = properties | {"properties": properties["properties"] | {"state": "Stopped"}}
    return resource | {"properties": properties | state}
