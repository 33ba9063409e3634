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
    default: Any = Field(default=None, description="Without one, the parameter must be given.")
    description: str = ""
    minimum: float | None = None
    maximum: float | None = None
    allowed_values: list[Any] | None = Field(default=None, description="Of an array, what each member may be.")


class RuleModel(_Strict):
    """A rule as it is written."""

    id: str = Field(pattern=_RULE_ID, description="Unique among all rules; part of every fingerprint, so it stays.")
    title: str = Field(min_length=1, description="What is the case where the rule passes, in a few words.")
    severity: Severity = Field(strict=False)
    phase: Literal["inform", "optimize", "operate"] = Field(default="operate", description="FinOps phase.")
    maturity: Literal["crawl", "walk", "run"] = Field(default="crawl", description="FinOps maturity.")
    resource: Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])] = Field(
        description="ARM type or types, in any case."
    )
    when: Any = None
    assertion: Any = Field(alias="assert")
    rationale: str = Field(default="", description="Why it matters.")
    remediation: str = Field(default="", description="What to do, with an az command where there is one.")
    references: list[str] = []


class PolicyModel(_Strict):
    """A policy file as it is written; parameters and rules are validated one by one."""

    version: Literal[1]
    name: str = Field(min_length=1)
    description: str = ""
    parameters: dict[str, Any] = {}
    rules: list[Any] = Field(min_length=1)
