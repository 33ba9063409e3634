"""`jobTimeLimit`: an Azure ML job stops by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from scanner.expressions.times import parse_duration, write_duration
from scanner.expressions.truth import all_of
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN, Truth
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, Duration, InexpressibleError
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.paths import descend

_UNLIMITED_STEPS = frozenset({"spark", "data_transfer", "import", "parallel_for", "do_while", "if_else"})
"""Step types of a pipeline that have no limits field of their own."""
_MAX_NESTING = 20


class JobTimeLimit(Assertion):
    """A job's time limit is set and no longer than `maxJobTime`.

    Command and Sweep jobs carry it at `limits.timeout`, AutoML jobs at `taskDetails.limitSettings.timeout`;
    a Pipeline has none of its own, so each of its steps must carry one. A trial's timeout does not count. Job
    types without a limit hold. A limit that cannot be read, and a pipeline whose steps are not listed, is unknown.
    """

    max_job_time: Duration = Field(description="Longest time limit a job may have.")

    @classmethod
    def to_azure_policy(cls, arguments: Mapping[str, Any]) -> Any:
        """Refuse: time limits are durations, and the steps of a pipeline have names that people choose."""
        del arguments
        raise InexpressibleError(
            "Azure Policy compares durations as texts, and no alias reaches a pipeline's steps, whose names are free"
        )

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        del env
        limit = self.max_job_time.total_seconds()
        expected = f"set and at most {write_duration(limit)}"
        found = list(_limits(resource.json.get("properties")))
        judged = [(path, value, _within(value, limit)) for path, value in found]
        truth = all_of(each for _, _, each in judged)
        if truth:
            return HOLDS
        deciding = [(path, value) for path, value, each in judged if each is truth]
        evidence = tuple(
            Evidence(path, None if value in (MISSING, UNKNOWN) else value, expected) for path, value in deciding
        )
        message = "; ".join(_sentence(path, value, truth, expected) for path, value in deciding[:3])
        if len(deciding) > 3:
            message += f"; and {len(deciding) - 3} more steps"
        return Judgement(truth, message, evidence)


def _within(value: Any, limit: float) -> Truth:
    if value is MISSING:
        return False
    seconds = _seconds(value)
    return None if seconds is None else seconds <= limit


def _seconds(value: Any) -> float | None:
    """Read a limit: ISO 8601 as Azure Resource Manager writes it, or the CLI's whole seconds in a step."""
    if isinstance(value, str):
        return parse_duration(value)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _sentence(path: str, value: Any, truth: Truth, expected: str) -> str:
    if value is UNKNOWN:
        return f"{path} is not known here; it must be {expected}"
    if value is MISSING:
        return f"no time limit: {path} is not set; it must be {expected}"
    return f"{path} is {value!r}{', which cannot be read' if truth is None else ''}; it must be {expected}"


def _path(container: Any, *keys: str) -> Any:
    return descend(container, tuple((key, key.lower()) for key in keys))


def _limits(properties: Any) -> Iterator[tuple[str, Any]]:
    """Give (path, value) for every place where this job must carry a limit."""
    kind = _path(properties, "jobType")
    word = kind.lower() if isinstance(kind, str) else ""
    if word in {"command", "sweep"}:
        yield "properties.limits.timeout", _path(properties, "limits", "timeout")
    elif word == "automl":
        yield (
            "properties.taskDetails.limitSettings.timeout",
            _path(properties, "taskDetails", "limitSettings", "timeout"),
        )
    elif word == "pipeline":
        yield from _step_limits(_path(properties, "jobs"), "properties.jobs", 0)
    elif kind is MISSING or kind is UNKNOWN:
        yield "properties.jobType", UNKNOWN


def _step_limits(steps: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    if not isinstance(steps, dict) or not steps or depth > _MAX_NESTING:
        yield path, UNKNOWN
        return
    for name, step in steps.items():
        here = f"{path}.{name}"
        if not isinstance(step, dict):
            yield here, UNKNOWN
            continue
        kind = _path(step, "type")
        word = kind.lower() if isinstance(kind, str) else ""
        if word == "pipeline" and isinstance(_path(step, "jobs"), dict):
            yield from _step_limits(step["jobs"], f"{here}.jobs", depth + 1)
        elif word not in _UNLIMITED_STEPS:
            timeout = _path(step, "limits", "timeout")
            yield f"{here}.limits.timeout", UNKNOWN if kind is UNKNOWN and timeout is MISSING else timeout
