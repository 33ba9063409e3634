"""`idleCluster`: an Azure ML cluster that holds nodes has jobs for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from pydantic import Field

from scanner.expressions.times import parse_timestamp, write_duration
from scanner.model.resource import Resource, normalise_id, parent_key
from scanner.model.values import MISSING, Truth
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, Duration
from scanner.rules.children import children_of
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.paths import descend

JOB = "microsoft.machinelearningservices/workspaces/jobs"
TERMINAL = frozenset({"completed", "failed", "canceled"})
"""Statuses from which a job does not come back."""
_TARGET_KEYS = ("computeId", "compute", "target", "default_compute", "default_compute_target", "defaultCompute")
"""Where a pipeline's settings and steps name their compute, in ARM's and in the CLI's spelling."""
_CREATED = (("systemData", "systemdata"), ("createdAt", "createdat"))
_MAX_NESTING = 20


class IdleCluster(Assertion):
    """A job of the workspace targets the cluster and has not ended, or was created within `window`.

    A job targets what `computeId` says, a pipeline also what its settings and steps say. Unknown where the
    workspace's jobs could not all be read, or a job's status and time not be told.
    """

    window: Duration = Field(gt=timedelta(0), description="How long ago the last job may have been created.")

    def reads(self) -> frozenset[str]:
        """Give the type of the jobs."""
        return frozenset({JOB})

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        window = write_duration(self.window.total_seconds())
        expected = f"a job that runs, or was created in the last {window}"
        workspace = parent_key(resource.key) or ""
        jobs = [job for job in children_of(workspace, JOB, env.inventory) if resource.key in _targets(job, workspace)]
        truths = [self._keeps_busy(job, env) for job in jobs]
        if any(truths):
            return HOLDS
        evidence = (Evidence("jobs", None, expected),)
        gap = env.inventory.gap(JOB, workspace)
        if gap is not None:
            return Judgement(None, f"the jobs of its workspace could not all be read ({gap.reason})", evidence)
        if None in truths:
            name = jobs[truths.index(None)].name
            return Judgement(None, f"when the job {name} was created is not known", evidence)
        latest = max((moment for job in jobs if (moment := _created(job)) is not None), default=None)
        last = f"the last of its jobs was created on {latest:%Y-%m-%d}" if latest else "no job targets it"
        message = f"it holds nodes, and {last}; there must be {expected}"
        return Judgement(False, message, (Evidence("jobs", latest.isoformat() if latest else None, expected),))

    def _keeps_busy(self, job: Resource, env: Environment) -> Truth:
        status = descend(job.json, (("properties", "properties"), ("status", "status")))
        if isinstance(status, str) and status.lower() not in TERMINAL:
            return True
        created = _created(job)
        if created is not None and env.as_of - created <= self.window:
            return True
        return False if created is not None and isinstance(status, str) else None


def _created(job: Resource) -> Any:
    value = descend(job.json, _CREATED)
    return parse_timestamp(value) if isinstance(value, str) else None


def _targets(job: Resource, workspace: str) -> set[str]:
    """Give the normalised ids of the computes that a job names."""
    properties = job.json.get("properties")
    named = [descend(properties, (("computeId", "computeid"),))]
    named += _named(descend(properties, (("settings", "settings"),)), 0)
    named += _named(descend(properties, (("jobs", "jobs"),)), 0)
    return {_compute_id(name, workspace) for name in named if isinstance(name, str) and name}


def _named(node: Any, depth: int) -> Iterator[Any]:
    """Give what stands under a key that names a compute, at any depth."""
    if depth > _MAX_NESTING or not isinstance(node, dict):
        return
    for key in _TARGET_KEYS:
        value = descend(node, ((key, key.lower()),))
        if value is not MISSING:
            yield value
    for value in node.values():
        yield from _named(value, depth + 1)


def _compute_id(name: str, workspace: str) -> str:
    """Read an ARM id, or the CLI's `azureml:name`, or a bare name of a compute of this workspace."""
    bare = name.removeprefix("azureml:")
    return normalise_id(bare) if "/" in bare else f"{workspace}/computes/{bare.lower()}"
