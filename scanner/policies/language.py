"""The shape of a policy file: what may stand where. Conditions have a grammar of their own (scanner.rules)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from scanner.model.verdict import Severity

_RULE_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"

ParameterType = Literal["string", "integer", "number", "boolean", "array", "object", "duration"]


def _lower(value: Any) -> Any:
    return {"float": "number"}.get(value.lower(), value.lower()) if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, strict=True)


class ParameterModel(_Strict):
    """A parameter: its type, what it is without an override, and what an override may be."""

    type: Annotated[ParameterType, BeforeValidator(_lower)]
    default: Any = None
    description: str = ""
    minimum: float | None = None
    maximum: float | None = None
    allowed_values: list[Any] | None = None


class RuleModel(_Strict):
    """A rule as it is written."""

    id: str = Field(pattern=_RULE_ID)
    title: str = Field(min_length=1)
    severity: Severity = Field(strict=False)
    phase: Literal["inform", "optimize", "operate"] = "operate"
    maturity: Literal["crawl", "walk", "run"] = "crawl"
    resource: Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])]
    when: Any = None
    assertion: Any = Field(alias="assert")
    rationale: str = ""
    remediation: str = ""
    references: list[str] = []


class PolicyModel(_Strict):
    """A policy file as it is written; parameters and rules are validated one by one."""

    version: Literal[1]
    name: str = Field(min_length=1)
    description: str = ""
    parameters: dict[str, Any] = {}
    rules: list[Any] = Field(min_length=1)
