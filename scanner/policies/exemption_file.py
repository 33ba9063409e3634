"""Reads exemption files; every error of every file at once.

A date that is none is no error of the file: such an exemption is read, never exempts, and is announced.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from scanner.errors import ConfigError, PolicyError
from scanner.model.exemption import Exemption, parse_day
from scanner.policies.yaml_document import YamlDocument, read_yaml
from scanner.rules.place import Place, Problems
from scanner.rules.validation import add_validation_problems

_SHAPE = "an exemptions file is a list of entries with rules, scope, reason, owner and expires"


def _stripped(text: str) -> str:
    if not text.strip():
        kind: Literal["blank"] = "blank"
        raise PydanticCustomError(kind, "must not be blank")
    return text.strip()


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _some(rules: list[str]) -> list[str]:
    if not rules:
        kind: Literal["no_rules"] = "no_rules"
        raise PydanticCustomError(kind, "must name at least one rule; '*' is all")
    return rules


_Text = Annotated[str, AfterValidator(_stripped)]


class ExemptionModel(BaseModel):
    """An exemption as it is written; `expires` may be anything, since a wrong date is announced."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    rules: Annotated[list[_Text], BeforeValidator(_listed), AfterValidator(_some)]
    scope: _Text
    reason: _Text
    owner: _Text
    expires: Any = Field()


def read_exemptions(files: Iterable[tuple[str, bytes]]) -> tuple[Exemption, ...]:
    """Read files, given as name and content; raises ConfigError with everything that is wrong in any."""
    problems = Problems()
    found = [exemption for name, content in files for exemption in _file(name, content, problems)]
    if problems.found:
        raise ConfigError(*problems.found)
    return tuple(found)


def _file(name: str, content: bytes, problems: Problems) -> list[Exemption]:
    try:
        documents = read_yaml(content, name)
    except PolicyError as error:
        problems.found.extend(error.problems)
        return []
    if not documents:
        problems.add(Place(name, {}), "is empty", f"{_SHAPE}; [] says that there are none")
        return []
    for document in documents[1:]:
        problems.add(document.place, "holds more than one YAML document", _SHAPE)
    return _entries(documents[0], problems)


def _entries(document: YamlDocument, problems: Problems) -> list[Exemption]:
    if not isinstance(document.value, list):
        problems.add(document.place, "must be a list", _SHAPE)
        return []
    read = (_entry(entry, document.place / index, problems) for index, entry in enumerate(document.value))
    return [exemption for exemption in read if exemption is not None]


def _entry(entry: Any, place: Place, problems: Problems) -> Exemption | None:
    try:
        model = ExemptionModel.model_validate(entry)
    except ValidationError as error:
        add_validation_problems(error, ExemptionModel, place, problems)
        return None
    written = model.expires.strip() if isinstance(model.expires, str) else model.expires
    until = parse_day(written) if isinstance(written, str) else None
    return Exemption(
        rules=tuple(model.rules),
        scope=model.scope,
        reason=model.reason,
        owner=model.owner,
        expires=str(written),
        until=until,
        fault="" if until else f"expires is {_short(written)}, which is no date such as 2026-12-31",
        file=place.file,
        line=place.position()[0],
    )


def _short(value: Any) -> str:
    text = "empty" if value is None or value == "" else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
