"""Azure Policy definitions and initiatives among the policy files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from scanner.model.result import RuleInfo
from scanner.model.verdict import Severity
from scanner.policies.azure_policy import Definition, is_definition, make_rule, parameter_body, read_definition
from scanner.policies.language import ParameterModel
from scanner.policies.yaml_document import YamlDocument
from scanner.rules.conditions import NEVER
from scanner.rules.expressions import UNSET, Scope, fill_in
from scanner.rules.place import Place, Problems
from scanner.rules.rule import Rule


class ParameterReader(Protocol):
    """Gives the values in force of declared parameters, overrides applied, problems noted."""

    def __call__(self, declared: dict[str, Any], place: Place, *, needed: bool = True) -> dict[str, Any]:
        """Read declarations at `place`; one without a value is a problem where `needed`, else UNSET."""


@dataclass(frozen=True, slots=True)
class AzureFile:
    """A definition or an initiative that was loaded: its rules, and the values of its parameters."""

    name: str
    path: str
    rules: tuple[Rule, ...]
    parameters: dict[str, Any]
    description: str
    definitions: tuple[Definition, ...]


def is_initiative(value: Any) -> bool:
    """Say whether this document is a policy set definition."""
    inner = value.get("properties") if isinstance(value, dict) else None
    body = inner if isinstance(inner, dict) else value
    return isinstance(body, dict) and isinstance(body.get("policyDefinitions"), list)


def is_azure_policy(value: Any) -> bool:
    """Say whether this document is one of the two, or a list of them as `az policy definition list` prints."""
    if isinstance(value, list):
        return bool(value) and all(is_azure_policy(member) and not isinstance(member, list) for member in value)
    return is_definition(value) or is_initiative(value)


def load_azure_policies(
    documents: Sequence[tuple[YamlDocument, str]], read_parameters: ParameterReader, problems: Problems
) -> list[AzureFile]:
    """Make rules of all definitions; those that an initiative here refers to take part through it."""
    definitions: dict[str, Definition] = {}
    initiatives: list[tuple[Mapping[str, Any], Place, str]] = []
    for document, label in documents:
        listed = isinstance(document.value, list)
        for index, value in enumerate(document.value if listed else [document.value]):
            place = document.place / index if listed else document.place
            if not is_definition(value):
                inner = value.get("properties")
                nested = isinstance(inner, dict)
                initiatives.append((inner if nested else value, place / "properties" if nested else place, label))
                continue
            definition = _distinct(read_definition(value, place, label), definitions)
            definitions[definition.key.lower()] = definition
    used: set[str] = set()
    files = [
        _initiative(body, place, label, definitions, used, read_parameters, problems)
        for body, place, label in initiatives
    ]
    for key, definition in definitions.items():
        if key not in used:
            files.append(_single(definition, read_parameters, problems))
    return files


def _distinct(definition: Definition, others: Mapping[str, Definition]) -> Definition:
    """Give a definition whose name is taken a number: the clouds' libraries hold variants of one definition."""
    number, key = 2, definition.key
    while key.lower() in others:
        key = f"{definition.key}.{number}"
        number += 1
    return replace(definition, key=key)


def _declared(definition: Definition) -> dict[str, Any]:
    written = definition.properties.get("parameters")
    return {name: parameter_body(body) for name, body in written.items()} if isinstance(written, dict) else {}


def _single(definition: Definition, read_parameters: ParameterReader, problems: Problems) -> AzureFile:
    parameters = read_parameters(_declared(definition), definition.place / "parameters", needed=False)
    rule = make_rule(definition, definition.key, parameters, problems)
    description = str(definition.properties.get("description") or "")
    rules = (rule,) if rule is not None else ()
    return AzureFile(definition.title, definition.label, rules, parameters, description, (definition,))


def _initiative(
    body: Mapping[str, Any],
    place: Place,
    label: str,
    definitions: Mapping[str, Definition],
    used: set[str],
    read_parameters: ParameterReader,
    problems: Problems,
) -> AzureFile:
    written = body.get("parameters")
    declared = {name: parameter_body(value) for name, value in written.items()} if isinstance(written, dict) else {}
    parameters = read_parameters(declared, place / "parameters", needed=False)
    members = body["policyDefinitions"]
    keys = [_key_of(member) for member in members]
    times = Counter(keys)
    rules: list[Rule] = []
    found: list[Definition] = []
    for index, (member, key) in enumerate(zip(members, keys, strict=True)):
        at = place / "policyDefinitions" / index
        if not isinstance(member, dict) or not key:
            problems.add(at, "a member of an initiative needs a policyDefinitionId")
            continue
        reference = str(member.get("policyDefinitionReferenceId") or index)
        definition = definitions.get(key)
        if definition is None:
            rules.append(_absent(key, reference, label))
            continue
        used.add(key)
        found.append(definition)
        given = member.get("parameters")
        values = _member_values(given if isinstance(given, dict) else {}, parameters, at / "parameters", problems)
        merged = _merged(definition, values)
        rule_id = definition.key if times[key] == 1 else f"{definition.key}.{reference}"
        rule = make_rule(definition, rule_id, merged, problems)
        if rule is not None:
            rules.append(rule)
    name = str(body.get("displayName") or label)
    return AzureFile(name, label, tuple(rules), parameters, str(body.get("description") or ""), tuple(found))


def _key_of(member: Any) -> str:
    identity = member.get("policyDefinitionId") if isinstance(member, dict) else None
    return identity.rstrip("/").rpartition("/")[2].lower() if isinstance(identity, str) else ""


def _member_values(
    given: Mapping[str, Any], parameters: Mapping[str, Any], place: Place, problems: Problems
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, body in given.items():
        value = body.get("value") if isinstance(body, dict) else body
        values[name] = fill_in(value, Scope(parameters), place / name / "value", problems)
    return values


def _merged(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the definition's parameters: what the initiative says, else its own default."""
    folded = {name.lower(): value for name, value in values.items()}
    merged: dict[str, Any] = {}
    for name, body in _declared(definition).items():
        model = ParameterModel.model_validate(body)
        value = folded.get(name.lower(), model.default)
        merged[name] = UNSET if value is None else value
    return merged


def _absent(key: str, reference: str, label: str) -> Rule:
    reason = f"its definition {key} (reference {reference}) is not among the policy files"
    info = RuleInfo(key, key, Severity.MEDIUM, "operate", "crawl", label, "", "")
    return Rule(info, info.severity, (), None, NEVER, obstacle=lambda _: reason)
