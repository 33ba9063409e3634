"""What every named assertion is: a frozen, validated set of arguments that can judge a resource."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from scanner.expressions.times import parse_duration
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource
from scanner.rules.environment import Environment, Getter, Judgement
from scanner.rules.paths import EACH, field_getter, parse_path
from scanner.rules.place import Place, Problems
from scanner.rules.validation import add_validation_problems


def _duration(value: Any) -> timedelta:
    seconds = parse_duration(value) if isinstance(value, str) else None
    if seconds is None or seconds < 0:
        raise PydanticCustomError("duration", "must be an ISO 8601 duration such as P1D or PT30M")
    return timedelta(seconds=seconds)


Duration = Annotated[timedelta, BeforeValidator(_duration, json_schema_input_type=str)]
InheritLevel = Literal["parent", "resourceGroup", "subscription"]


@lru_cache(maxsize=256)
def reader(path: str) -> Getter:
    """Give the function that reads one field; raises ValueError where `path` is none."""
    keys = parse_path(path)
    if EACH in keys:
        raise ValueError(f"'{path}' means many values; name one field")
    return field_getter(keys)


def _path(value: str) -> str:
    if value:
        reader(value)
    return value


FieldPath = Annotated[str, AfterValidator(_path)]
"""A path to one field, such as `properties.seat_breakdown.total`; "" where a field is left out."""


class InexpressibleError(Exception):
    """Why something cannot be said in Azure Policy's language."""


def in_percent(share: float) -> str:
    """Give a share (0 to 1) in percent, exact enough that what is just above a limit does not read as the limit."""
    return f"{round(share * 100, 2):g}%"


class Assertion(BaseModel, ABC):
    """A named assertion. The class docstring is its manual page."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, strict=True)

    @classmethod
    def read(cls, arguments: Any, place: Place, problems: Problems) -> Self | None:
        """Validate arguments from a policy file; None, and problems with line and column, where they are wrong."""
        if arguments is None:
            arguments = {}
        try:
            return cls.model_validate(arguments)
        except ValidationError as error:
            add_validation_problems(error, cls, place, problems)
            return None

    @abstractmethod
    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """Judge one resource. Never raises for what Azure may say: that is unknown."""

    @classmethod
    def to_azure_policy(cls, arguments: Mapping[str, Any]) -> Any:
        """Give the Azure Policy condition that says the same; raises InexpressibleError where none does.

        `arguments` are as written, template expressions included. Field paths are azgate's.
        """
        del arguments
        raise InexpressibleError("Azure Policy sees only the resource itself, not what this assertion asks for")

    def facts(self) -> tuple[tuple[str, MetricQuery | None], ...]:
        """Give the fact kinds this assertion needs, with the metric it asks for where the kind is "metrics"."""
        return ()

    def reads(self) -> frozenset[str]:
        """Give the ARM types, in lower case, of the resources it looks at beside the one it judges."""
        return frozenset()
