"""The shape of a file of test cases: what may stand where. docs/authoring.md explains it with examples."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from scanner.model.inventory import GapReason
from scanner.model.verdict import Severity
from scanner.rules.assertions.base import Duration


class Expected(StrEnum):
    """What a case may expect of a resource: an outcome, or that there is none."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    ERROR = "error"
    NOT_APPLICABLE = "notApplicable"
    NOT_EVALUATED = "notEvaluated"


_WORDS = [word.value for word in Expected]
_EXPECT_SCHEMA: dict[str, Any] = {
    "description": "An outcome for every resource the rule is about, or resource name or id to outcome.",
    "anyOf": [
        {"enum": _WORDS},
        {"type": "object", "minProperties": 1, "additionalProperties": {"enum": _WORDS}},
    ],
}
_RESOURCE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "ARM JSON; without an id, `type` and `name` (parent/child) make one.",
    "properties": {
        "template": {"type": "string", "description": "Name of one of the file's templates, to start from."},
        "id": {"type": "string"},
        "type": {"type": "string", "description": "ARM type, or `resourceGroup` or `subscription`."},
        "name": {"type": "string"},
        "resourceGroup": {"type": "string"},
        "subscriptionId": {"type": "string"},
    },
}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, strict=True)


class FactModel(_Strict):
    """A fact as a snapshot holds it; `scope` is an id, a resource's name, or `location` in its stead."""

    kind: str
    scope: str = ""
    location: str = Field(default="", description="A region of the subscription, in place of a scope.")
    data: Any


class PointsModel(_Strict):
    """A metric series in short: its points, the last of which ends at `asOf`; null is a point without a value.

    What is left out is what the rule asks for. An empty list is a series that Azure Monitor has no data of.
    """

    points: list[float | None]
    metric: str = Field(default="", description="Default: the first one the rule asks for.")
    of: str = Field(default="", description="The resource, where the case has several that the rule is about.")
    window: Duration | None = Field(default=None, description="How far back the metric was read.")
    labels: dict[str, str] = Field(default={}, description="Further dimensions of the series, and their values.")


class QuotaModel(_Strict):
    """A region's quota usages in short: pool name to [currentValue, limit]."""

    quota_usages: dict[str, Annotated[list[float | None], Field(min_length=2, max_length=2)]]
    location: str


class GapModel(_Strict):
    """Something that could not be read, as a snapshot holds it; `scope` as in a fact."""

    scope: str = ""
    location: str = ""
    what: str
    reason: GapReason = Field(strict=False)
    detail: str = ""


Resources = Annotated[list[Any], WithJsonSchema({"type": "array", "items": _RESOURCE_SCHEMA})]


class DefaultsModel(_Strict):
    """What the cases of a file have in common: a case's own word wins, its lists come behind these."""

    as_of: str | None = Field(default=None, description="The clock of the evaluation, ISO 8601.")
    parameters: dict[str, Any] = Field(default={}, description="Overrides of the policy's parameters.")
    declared: bool | None = Field(default=None, description="Resources come from a template or plan.")
    live: bool | None = Field(default=None, description="Resources come from live Azure: the default.")
    resources: Resources = []
    facts: list[Any] = []
    gaps: list[Any] = []


class CaseModel(DefaultsModel):
    """One case: what there is, and what the rule must say about it."""

    rule: str = Field(description="Id of the rule.")
    name: str = Field(min_length=1, description="A sentence; unique for the rule.")
    expect: Annotated[Any, WithJsonSchema(_EXPECT_SCHEMA)]
    message: str | None = Field(default=None, description="What the message must be like; `*` is anything.")
    severity: Severity | None = Field(
        default=None, strict=False, description="The severity of the finding, where the rule can raise or lower it."
    )


class CaseFileModel(_Strict):
    """A file of test cases; its cases are validated one by one."""

    version: Literal[1]
    description: str = ""
    defaults: Any = Field(default=None)
    templates: Annotated[
        dict[str, Any], WithJsonSchema({"type": "object", "additionalProperties": {"type": "object"}})
    ] = Field(default={}, description="Resources to start from, by name.")
    cases: list[Any] = Field(min_length=1)
