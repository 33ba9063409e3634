"""Azure Policy definitions and initiatives among the policy files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from scanner.policies.azure_initiative import (
    Initiative,
    absent,
    given_parameters,
    is_initiative,
    read_initiative,
    rule_ids,
)
from scanner.policies.azure_policy import Definition, is_definition, make_rule, read_definition
from scanner.policies.parameters import Values
from scanner.policies.yaml_document import YamlDocument
from scanner.rules.place import Place, Problems
from scanner.rules.rule import Rule


class ParameterReader(Protocol):
    """Gives the values in force of declared parameters, overrides applied, problems noted."""

    def __call__(self, declared: dict[str, Any], place: Place, *, needed: bool = True) -> Values:
        """Read declarations at `place`; one without a value is a problem where `needed`, else UNSET."""


@dataclass(frozen=True, slots=True)
class AzureFile:
    """A definition or an initiative that was loaded: its rules, and the values of its parameters.

    `definitions` are those it is made of, by rule id.
    """

    name: str
    path: str
    place: Place
    rules: tuple[Rule, ...]
    parameters: Values
    description: str
    definitions: Mapping[str, Definition]


def is_azure_policy(value: Any) -> bool:
    """Say whether this document is one of the two, or a list of them as `az policy definition list` or REST give."""
    members = _listed(value)
    if members is not None:
        return bool(members) and all(is_definition(member) or is_initiative(member) for member in members)
    return is_definition(value) or is_initiative(value)


def _listed(value: Any) -> list[Any] | None:
    inner = value.get("value") if isinstance(value, dict) else value
    return inner if isinstance(inner, list) else None


def load_azure_policies(
    documents: Sequence[tuple[YamlDocument, str]], read_parameters: ParameterReader, problems: Problems
) -> list[AzureFile]:
    """Make rules of all definitions; those that an initiative here refers to take part through it."""
    definitions: dict[str, Definition] = {}
    initiatives: list[Initiative] = []
    for value, place, label in _bodies(documents):
        if is_definition(value):
            definition = _distinct(read_definition(value, place, label), definitions)
            definitions[definition.key.lower()] = definition
        else:
            initiatives.append(read_initiative(value, place, label, problems))
    ids = rule_ids(initiatives, {key: definition.key for key, definition in definitions.items()})
    files = [
        _initiative(initiative, names, definitions, read_parameters, problems)
        for initiative, names in zip(initiatives, ids, strict=True)
    ]
    used = {member.key for initiative in initiatives for member in initiative.members}
    alone = [definition for key, definition in definitions.items() if key not in used]
    return files + [_single(definition, read_parameters, problems) for definition in alone]


def _bodies(documents: Sequence[tuple[YamlDocument, str]]) -> Iterator[tuple[dict[str, Any], Place, str]]:
    for document, label in documents:
        members = _listed(document.value)
        if members is None:
            yield document.value, document.place, label
            continue
        place = document.place / "value" if isinstance(document.value, dict) else document.place
        for index, value in enumerate(members):
            yield value, place / index, label


def _distinct(definition: Definition, others: Mapping[str, Definition]) -> Definition:
    """Give a definition whose name is taken a number: the clouds' libraries hold variants of one definition."""
    number, key = 2, definition.key
    while key.lower() in others:
        key = f"{definition.key}.{number}"
        number += 1
    return replace(definition, key=key)


def _single(definition: Definition, read_parameters: ParameterReader, problems: Problems) -> AzureFile:
    parameters = read_parameters(definition.declared, definition.place_of_parameters, needed=False)
    rule = make_rule(definition, definition.key, parameters, problems)
    return AzureFile(
        definition.title,
        definition.label,
        definition.place,
        () if rule is None else (rule,),
        parameters,
        str(definition.say("description") or ""),
        {definition.key: definition},
    )


def _initiative(
    initiative: Initiative,
    ids: Sequence[str],
    definitions: Mapping[str, Definition],
    read_parameters: ParameterReader,
    problems: Problems,
) -> AzureFile:
    parameters = read_parameters(initiative.declared, initiative.place / "parameters", needed=False)
    rules: list[Rule | None] = []
    found: dict[str, Definition] = {}
    for member, rule_id in zip(initiative.members, ids, strict=True):
        definition = definitions.get(member.key)
        if definition is None:
            rules.append(absent(member, rule_id, initiative.label))
            continue
        own = read_parameters(definition.declared, definition.place_of_parameters, needed=False)
        values = own | given_parameters(member, definition, parameters, problems)
        rules.append(make_rule(definition, rule_id, values, problems))
        found[rule_id] = definition
    return AzureFile(
        str(initiative.properties.get("displayName") or initiative.key),
        initiative.label,
        initiative.place,
        tuple(rule for rule in rules if rule is not None),
        parameters,
        str(initiative.properties.get("description") or ""),
        found,
    )
