"""Parameters: declared in policy files, overridden by people, always typed and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from scanner.errors import ConfigError, Problem
from scanner.expressions.comparison import same
from scanner.expressions.times import parse_duration
from scanner.policies.language import ParameterModel
from scanner.policies.yaml_document import read_yaml
from scanner.rules.place import Place


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "string": (lambda v: isinstance(v, str), "a text"),
    "integer": (_is_integer, "a whole number"),
    "number": (lambda v: _is_integer(v) or isinstance(v, float), "a number"),
    "boolean": (lambda v: isinstance(v, bool), "true or false"),
    "array": (lambda v: isinstance(v, list), "a list"),
    "object": (lambda v: isinstance(v, dict), "a mapping"),
    "duration": (
        lambda v: isinstance(v, str) and (seconds := parse_duration(v)) is not None and seconds >= 0,
        "an ISO 8601 duration such as P1D or PT30M",
    ),
}


def fault(value: Any, parameter: ParameterModel) -> str:
    """Say what is wrong with a value for this parameter; "" where nothing is."""
    fits, words = _TYPES[parameter.type]
    if not fits(value):
        return f"must be {words}, not {value!r}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if parameter.minimum is not None and value < parameter.minimum:
            return f"is {value!r}, below its minimum {parameter.minimum:g}"
        if parameter.maximum is not None and value > parameter.maximum:
            return f"is {value!r}, above its maximum {parameter.maximum:g}"
    allowed = parameter.allowed_values
    if allowed is not None:
        members = value if isinstance(value, list) and parameter.type == "array" else [value]
        for member in members:
            if not any(same(member, candidate) for candidate in allowed):
                return f"is {member!r}; allowed are {', '.join(repr(item) for item in allowed)}"
    return ""


def stand_in(parameter: ParameterModel) -> Any:
    """Give a value that fits the parameter, so that a policy can be checked before anybody set it."""
    if parameter.allowed_values:
        allowed = parameter.allowed_values[0]
        return [allowed] if parameter.type == "array" and not isinstance(allowed, list) else allowed
    if parameter.type in {"integer", "number"}:
        bound = next((bound for bound in (parameter.minimum, parameter.maximum) if bound is not None), 1)
        return int(bound) if parameter.type == "integer" else bound
    return _STAND_INS[parameter.type]


_STAND_INS = {"string": "value", "boolean": True, "array": ["value"], "object": {}, "duration": "P1D"}


class Values(dict[str, Any]):
    """The values in force, by parameter name; `unset` are the names of those that nobody gave one."""

    unset: frozenset[str] = frozenset()

    def given(self) -> dict[str, Any]:
        """Give them without those that only something stands in for."""
        return {name: value for name, value in self.items() if name not in self.unset}


@dataclass(frozen=True, slots=True)
class Override:
    """A value that a person set for a parameter, and where: a flag's name or a place in a file."""

    name: str
    value: Any
    where: str | Place

    def problem(self, message: str, hint: str = "") -> Problem:
        """Give a problem that stands where the override does."""
        if isinstance(self.where, str):
            return Problem(f"{self.where}: {message}", hint=hint)
        line, column = self.where.position()
        return Problem(message, self.where.file, line, column, hint)


def overrides_from_flags(flags: Iterable[str]) -> list[Override]:
    """Read `--parameter NAME=VALUE` flags; VALUE is YAML."""
    found: list[Override] = []
    for flag in flags:
        name, equals, text = flag.partition("=")
        if not equals or not name.strip():
            raise ConfigError(Problem(f"--parameter {flag}: must be NAME=VALUE"))
        documents = read_yaml(text.encode("utf-8", "surrogatepass"), f"--parameter {name}")
        if len(documents) > 1:
            raise ConfigError(Problem(f"--parameter {name}: holds more than one YAML document"))
        value = documents[0].value if documents else ""
        found.append(Override(name.strip(), value, f"--parameter {name.strip()}"))
    return found
