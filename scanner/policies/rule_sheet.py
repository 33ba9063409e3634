"""Everything there is to say about a rule, in words: `policy list`, `policy explain` and docs/rules.md draw it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scanner.model.inventory import Inventory
from scanner.model.result import RuleInfo
from scanner.policies.azure_policy import Definition
from scanner.policies.azure_words import condition_words, key_of
from scanner.policies.language import ParameterModel
from scanner.policies.loader import PolicyFile, WrittenRule
from scanner.policies.words import Line, condition_lines, parameters_in
from scanner.rules.environment import Environment
from scanner.rules.rule import EVERY_TYPE, Rule


@dataclass(frozen=True, slots=True)
class ParameterSheet:
    """A parameter that a rule uses, and its value in force."""

    name: str
    declared: ParameterModel
    value: Any


@dataclass(frozen=True, slots=True)
class RuleSheet:
    """A rule in words.

    `types` are ARM types as the policy spells them; `applies` is empty where the rule is about all of them.
    An Azure Policy definition says what violates it: then `violates` is true and `passes` holds that.
    """

    info: RuleInfo
    policy: str
    line: int
    types: tuple[str, ...]
    applies: tuple[Line, ...]
    passes: tuple[Line, ...]
    parameters: tuple[ParameterSheet, ...]
    violates: bool = False


def rule_sheets(files: Iterable[PolicyFile]) -> list[RuleSheet]:
    """Give a sheet for every rule of some policy files, in their order."""
    return [sheet for file in files for sheet in _sheets(file)]


def _sheets(file: PolicyFile) -> list[RuleSheet]:
    written = {each.model.id: each for each in file.written}
    return [
        _of_written(rule, written[rule.info.id], file)
        if rule.info.id in written
        else _of_definition(rule, file.definitions.get(rule.info.id), file)
        for rule in file.rules
    ]


def _of_written(rule: Rule, written: WrittenRule, file: PolicyFile) -> RuleSheet:
    model = written.model
    line, _ = written.place.position()
    return RuleSheet(
        info=rule.info,
        policy=file.name,
        line=line,
        types=tuple(model.resource),
        applies=tuple(condition_lines(model.when, file.parameters)),
        passes=tuple(condition_lines(model.assertion, file.parameters)),
        parameters=_parameters(file, parameters_in([model.when, model.assertion])),
    )


def _of_definition(rule: Rule, definition: Definition | None, file: PolicyFile) -> RuleSheet:
    body: Mapping[str, Any] = definition.say("policyRule") or {} if definition else {}
    line, _ = definition.place.position() if definition else (0, 0)
    test = tuple(condition_lines(condition_words(body.get(key_of(body, "if"))), file.parameters))
    related = _related(body, file) if rule.reads else ()
    return RuleSheet(
        info=rule.info,
        policy=file.name,
        line=line,
        types=_types(rule),
        applies=test if related else (),
        passes=related or test,
        parameters=_parameters(file, parameters_in(dict(body))),
        violates=not related,
    )


def _types(rule: Rule) -> tuple[str, ...]:
    if not rule.types:
        nowhere = Environment(Inventory(), datetime.now(UTC))
        return (f"nothing, because {rule.obstacle(nowhere)}",)
    return ("any resource type",) if rule.types == (EVERY_TYPE,) else rule.types


def _related(body: Mapping[str, Any], file: PolicyFile) -> tuple[Line, ...]:
    """Say what an ...IfNotExists effect asks of a related resource."""
    then = body[key_of(body, "then")]
    details = then[key_of(then, "details")]
    kind, condition = (details.get(key_of(details, word)) for word in ("type", "existenceCondition"))
    first = f"there is a related `{kind}`" + (" for which:" if condition else "")
    return (Line(0, first), *condition_lines(condition_words(condition), file.parameters, 1))


def _parameters(file: PolicyFile, used: set[str]) -> tuple[ParameterSheet, ...]:
    return tuple(
        ParameterSheet(name, declared, file.parameters.get(name, declared.default))
        for name, declared in file.declared.items()
        if name.lower() in used
    )
