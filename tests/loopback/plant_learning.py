"""Workspaces of a generated tenant: clusters, instances, jobs and endpoints, each with one thing wrong or nothing."""

from typing import Any

from tests.loopback.estate import UNKNOWN, Estate, ago, stamp

CLUSTER_DEFECTS = ("min", "min and busy", "no min", "slow", "no idle time", "large", "denied size")
GPU = "STANDARD_NC24ADS_A100_V4"


def plant_workspace(estate: Estate, group: str, name: str) -> str:
    """Add a workspace and what is in it."""
    dice = estate.dice
    tags = {"owner": "x", "cost-center": " "} if estate.chance(4) else None
    workspace = estate.tag(estate.tenant.add_workspace(group, name, tags=tags), tags)
    estate.log(workspace, requests=False)
    has_gpu = [_plant_cluster(estate, workspace, f"c{number}") for number in range(dice.randint(1, 4))]
    if any(has_gpu):
        level = dice.choice((10, 70, None))
        if level is None:
            estate.says("ml-gpu-utilization", workspace, UNKNOWN)
        else:
            estate.series[workspace, "GpuUtilizationPercentage"][""] = [(ago(days=day), level) for day in range(1, 5)]
            if level == 10:
                estate.says("ml-gpu-utilization", workspace)
    for number in range(dice.randint(0, 3)):
        _plant_instance(estate, workspace, f"i{number}")
    for number in range(dice.randint(2, 8)):
        _plant_job(estate, workspace, f"j{number}")
    for number in range(dice.randint(0, 3)):
        _plant_endpoint(estate, workspace, f"e{number}")
    if estate.chance(2):
        estate.tag(estate.tenant.add_child(workspace, "serverlessEndpoints", "s"), None)
    return workspace


def _plant_cluster(estate: Estate, workspace: str, name: str) -> bool:
    """Add a cluster; say whether it has GPUs."""
    defect = estate.deal(*CLUSTER_DEFECTS) if estate.chance(2) else ""
    is_gpu = estate.chance(3) and defect != "denied size"
    cluster = f"{workspace}/computes/{name}"
    scale: dict[str, Any] = {
        "minNodeCount": 2 if defect.startswith("min") else 0,
        "maxNodeCount": 50 if defect == "large" else 4,
        "nodeIdleTimeBeforeScaleDown": "PT2H" if defect == "slow" else "PT120S",
    }
    if defect == "no min":
        del scale["minNodeCount"]
    if defect == "no idle time":
        del scale["nodeIdleTimeBeforeScaleDown"]
    size = GPU if is_gpu else "STANDARD_M128S" if defect == "denied size" else "STANDARD_DS3_V2"
    is_spot = is_gpu and estate.chance(2)
    priority = {"vmPriority": "LowPriority" if is_spot else "Dedicated"}
    estate.tag(estate.tenant.add_compute(workspace, name, scaleSettings=scale, vmSize=size, **priority), None)
    if defect.startswith("min"):
        estate.says("ml-cluster-scale-to-zero", cluster)
        estate.hungry[workspace].append(cluster)
    if defect == "min":
        estate.says("ml-cluster-idle", cluster)
    if defect == "min and busy":
        _job(estate, workspace, f"for-{name}", limits={"timeout": "PT1H"}, computeId=cluster)
    _judge_cluster(estate, cluster, defect)
    if is_gpu and not is_spot and estate.is_nonprod(cluster):
        estate.says("ml-cluster-spot", cluster)
    return is_gpu


def _judge_cluster(estate: Estate, cluster: str, defect: str) -> None:
    if defect == "no min":
        estate.says("ml-cluster-scale-to-zero", cluster, UNKNOWN)
    if defect == "no idle time":
        estate.says("ml-cluster-idle-timeout", cluster, UNKNOWN)
    rules = {"slow": "ml-cluster-idle-timeout", "large": "ml-cluster-max-nodes", "denied size": "ml-allowed-vm-sizes"}
    if defect in rules:
        estate.says(rules[defect], cluster)


def _plant_instance(estate: Estate, workspace: str, name: str) -> None:
    idle = estate.dice.choice(({"idleTimeBeforeShutdown": "PT30M"}, {"idleTimeBeforeShutdown": "PT8H"}, {}))
    state = estate.deal("Stopped", "Running", "forgotten")
    running = {"state": "Running" if state == "forgotten" else state}
    if state != "Stopped":
        started = ago(days=20 if state == "forgotten" else 1)
        running["lastOperation"] = {"operationName": "Start", "operationTime": stamp(started)}
    instance = estate.tag(
        estate.tenant.add_compute(workspace, name, compute_type="ComputeInstance", **idle, **running), None
    )
    if idle.get("idleTimeBeforeShutdown") != "PT30M":
        estate.says("ml-instance-idle-shutdown", instance)
    if state == "forgotten":
        estate.says("ml-instance-running", instance)


def _job(estate: Estate, workspace: str, name: str, *, days: float = 1, **properties: Any) -> str:
    job = estate.tenant.add_job(workspace, name, **properties)
    estate.tenant.resources[-1]["systemData"] = {"createdAt": stamp(ago(days=days))}
    return job


def _plant_job(estate: Estate, workspace: str, name: str) -> None:
    what = estate.deal("done", "good", "endless", "long", "old", "sweep", "wild sweep", "spark", "pipeline")
    limit = {"limits": {"timeout": "PT4H"}}
    if what == "done":
        _job(estate, workspace, name, status=estate.dice.choice(("Completed", "Failed", "Canceled")), days=30)
    elif what in {"good", "old"}:
        job = _job(estate, workspace, name, days=10 if what == "old" else 1, **limit)
        if what == "old":
            estate.says("ml-job-overrun", job)
    elif what in {"endless", "long"}:
        limits = {"limits": {"timeout": "P3D"}} if what == "long" else {}
        estate.says("ml-job-time-limit", _job(estate, workspace, name, status="Queued", **limits))
    elif what == "spark":
        _job(estate, workspace, name, job_type="Spark")
    elif what == "pipeline":
        steps = {"jobs": {"a": limit, "b": {"limits": {"timeout": 60}}}}
        _job(estate, workspace, name, job_type="Pipeline", **steps)
    else:
        trials = {"maxTotalTrials": 500 if what == "wild sweep" else 50, "maxConcurrentTrials": 5}
        job = _job(estate, workspace, name, job_type="Sweep", limits={"timeout": "PT4H", **trials})
        if what == "wild sweep":
            estate.says("ml-sweep-trials-bounded", job)


def _plant_endpoint(estate: Estate, workspace: str, name: str) -> None:
    what = estate.deal("good", "idle", "young", "empty", "waiting", "wide")
    traffic = {} if what == "empty" else {"blue": 100}
    endpoint = estate.tag(
        estate.tenant.add_child(
            workspace,
            "onlineEndpoints",
            name,
            kind="Managed",
            properties={"provisioningState": "Succeeded", "traffic": traffic},
            systemData={"createdAt": stamp(ago(days=2 if what == "young" else 90))},
        ),
        None,
    )
    if what not in {"idle", "young"}:
        estate.series[endpoint, "RequestsPerMinute"][""] = [(ago(days=3), 4)]
    if what == "idle":
        estate.says("ml-endpoint-idle", endpoint)
    if what != "empty":
        blue = _deploy(estate, endpoint, "blue", 9 if what == "wide" else 1)
        if what == "wide":
            estate.says("ml-endpoint-instances", blue)
    if what == "waiting":
        _deploy(estate, endpoint, "green", 2)
    if what in {"empty", "waiting"}:
        estate.says("ml-endpoint-empty", endpoint)


def _deploy(estate: Estate, endpoint: str, name: str, instances: int) -> str:
    return estate.tenant.add_child(
        endpoint,
        "deployments",
        name,
        sku={"name": "Default", "capacity": instances},
        properties={"endpointComputeType": "Managed", "instanceType": "Standard_DS3_v2"},
    )
