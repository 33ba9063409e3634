"""The built-in checks, written by hand: (ARM JSON, everything by lower-case id) to pass, fail or not about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

Json = dict[str, Any]
Everything = Mapping[str, Json]
Predicate = Callable[[Json, Everything], bool | None]

DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
TOKEN_BILLED = frozenset({"standard", "globalstandard", "datazonestandard", "developertier"})
FINISHED = frozenset({"completed", "failed", "canceled"})
NONPROD = frozenset({"dev", "test", "staging"})
ENVIRONMENTS = frozenset({"dev", "test", "staging", "prod"})


@lru_cache(maxsize=1024)
def seconds(text: str) -> float:
    match = DURATION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    days, hours, minutes, rest = (int(part or 0) for part in match.groups())
    return days * 86400 + hours * 3600 + minutes * 60 + rest


def effective_tags(body: Json, everything: Everything) -> dict[str, str]:
    parts = body["id"].lower().split("/")
    levels = ["/".join(parts[:3]), "/".join(parts[:5])]
    if len(parts) > 9:
        levels.append("/".join(parts[:-2]))
    tags: dict[str, str] = {}
    for level in levels:
        for name, value in (everything[level].get("tags") or {}).items():
            if value.strip():
                tags[name.lower()] = value.strip()
    for name, value in (body.get("tags") or {}).items():
        if value.strip():
            tags[name.lower()] = value.strip()
    return tags


def is_ai(body: Json) -> bool:
    if body["type"].lower() != "microsoft.cognitiveservices/accounts":
        return True
    return body["kind"].lower() in {"openai", "aiservices"}


def required_tags(body: Json, everything: Everything) -> bool | None:
    if not is_ai(body):
        return None
    tags = effective_tags(body, everything)
    return all(name in tags for name in ("environment", "team", "workload", "cost-center"))


def tag_values(body: Json, everything: Everything) -> bool | None:
    if not is_ai(body):
        return None
    value = effective_tags(body, everything).get("environment")
    return value is None or value.lower() in ENVIRONMENTS


def cluster_scale_to_zero(body: Json, _: Everything) -> bool | None:
    properties = body["properties"]
    if properties["computeType"].lower() != "amlcompute":
        return None
    return bool(properties["properties"]["scaleSettings"]["minNodeCount"] == 0)


def cluster_idle_timeout(body: Json, _: Everything) -> bool | None:
    properties = body["properties"]
    if properties["computeType"].lower() != "amlcompute":
        return None
    return seconds(properties["properties"]["scaleSettings"]["nodeIdleTimeBeforeScaleDown"]) <= 1800


def instance_idle_shutdown(body: Json, _: Everything) -> bool | None:
    properties = body["properties"]
    if properties["computeType"].lower() != "computeinstance":
        return None
    idle = properties["properties"].get("idleTimeBeforeShutdown")
    return idle is not None and seconds(idle) <= 3600


def within_a_day(limit: str | int | None) -> bool:
    if limit is None:
        return False
    return (limit if isinstance(limit, int) else seconds(limit)) <= 86400


def job_time_limit(body: Json, _: Everything) -> bool | None:
    properties = body["properties"]
    kind = properties["jobType"].lower()
    if properties["status"].lower() in FINISHED:
        return None
    if kind in {"command", "sweep"}:
        return within_a_day((properties.get("limits") or {}).get("timeout"))
    if kind == "automl":
        return within_a_day(properties["taskDetails"]["limitSettings"].get("timeout"))
    if kind == "pipeline":
        return all(within_a_day((step.get("limits") or {}).get("timeout")) for step in properties["jobs"].values())
    return None


def sweep_trials_bounded(body: Json, _: Everything) -> bool | None:
    properties = body["properties"]
    kind = properties["jobType"].lower()
    if kind == "sweep":
        limits, total = properties["limits"], "maxTotalTrials"
    elif kind == "automl":
        limits, total = properties["taskDetails"]["limitSettings"], "maxTrials"
    else:
        return None
    return bool(limits.get(total, 10**9) <= 100 and limits.get("maxConcurrentTrials", 10**9) <= 20)


def deployment_rate_limit(body: Json, _: Everything) -> bool | None:
    if body["sku"]["name"].lower() not in TOKEN_BILLED:
        return None
    tokens = [e["count"] * 60 / e["renewalPeriod"] for e in body["properties"]["rateLimits"] if e["key"] == "token"]
    return bool((max(tokens) if tokens else body["sku"]["capacity"] * 1000) <= 100_000)


def ptu_nonprod(body: Json, everything: Everything) -> bool | None:
    if effective_tags(body, everything).get("environment", "").lower() not in NONPROD:
        return None
    return "provisioned" not in body["sku"]["name"].lower()


PREDICATES: dict[str, Predicate] = {
    "required-tags": required_tags,
    "tag-values": tag_values,
    "ml-cluster-scale-to-zero": cluster_scale_to_zero,
    "ml-cluster-idle-timeout": cluster_idle_timeout,
    "ml-instance-idle-shutdown": instance_idle_shutdown,
    "ml-job-time-limit": job_time_limit,
    "ml-sweep-trials-bounded": sweep_trials_bounded,
    "openai-deployment-rate-limit": deployment_rate_limit,
    "openai-ptu-nonprod": ptu_nonprod,
}
