"""Azure Policy initiatives (policy set definitions): definitions by reference, each with the parameters it is given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.model.result import RuleInfo
from scanner.model.verdict import Severity
from scanner.policies.azure_policy import Definition, clean, envelope, identifier, parameter_body
from scanner.policies.azure_words import entry
from scanner.policies.language import ParameterModel
from scanner.policies.parameters import Values, fault
from scanner.rules.conditions import NEVER
from scanner.rules.expectation import is_dynamic
from scanner.rules.expressions import UNSET, Scope, fill_in
from scanner.rules.place import Place, Problems, suggestion
from scanner.rules.rule import Rule

_ONE_PARAMETER = re.compile(r"\[\s*parameters\(\s*'([^']*)'\s*\)\s*\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Member:
    """One reference of an initiative: to which definition, and with which parameters (as written)."""

    key: str
    reference: str
    parameters: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Initiative:
    """An initiative as written."""

    key: str
    properties: Mapping[str, Any]
    place: Place
    label: str
    members: tuple[Member, ...]

    @property
    def declared(self) -> dict[str, Any]:
        """Its parameters, in azgate's words."""
        written = entry(self.properties, "parameters", self.place)[0]
        return {name: parameter_body(body) for name, body in written.items()} if isinstance(written, dict) else {}


def is_initiative(value: Any) -> bool:
    """Say whether this document is a policy set definition."""
    if not isinstance(value, dict):
        return False
    inner, at = envelope(value, Place("", {}))
    return isinstance(entry(inner, "policyDefinitions", at)[0], list)


def read_initiative(value: Mapping[str, Any], place: Place, label: str, problems: Problems) -> Initiative:
    """Take an initiative out of its envelope; a member that refers to nothing goes to `problems`."""
    inner, at = envelope(value, place)
    listed, at_list = entry(inner, "policyDefinitions", at)
    members: list[Member] = []
    for index, member in enumerate(listed):
        body = member if isinstance(member, dict) else {}
        identity = entry(body, "policyDefinitionId", at_list)[0]
        key = identity.rstrip("/").rpartition("/")[2].lower() if isinstance(identity, str) else ""
        if not key:
            problems.add(at_list / index, "a member of an initiative needs a policyDefinitionId")
            continue
        reference = entry(body, "policyDefinitionReferenceId", at_list)[0]
        given, at_given = entry(body, "parameters", at_list / index)
        parameters = given if isinstance(given, dict) else {}
        members.append(Member(key, clean(str(reference or "")) or str(index), parameters, at_given))
    return Initiative(identifier(value, inner, label), inner, at, label, tuple(members))


def rule_ids(initiatives: Sequence[Initiative], keys: Mapping[str, str]) -> list[list[str]]:
    """Give each member the shortest id that no other has: definition, with its reference, with the initiative.

    `keys` gives the definitions' names as they are spelled.
    """
    members = [(initiative.key, member) for initiative in initiatives for member in initiative.members]
    forms = [
        tuple(
            ".".join((*front, keys.get(member.key, member.key), *back))
            for front, back in (((), ()), ((), (member.reference,)), ((initiative,), (member.reference,)))
        )
        for initiative, member in members
    ]
    times = Counter(form.lower() for choices in forms for form in dict.fromkeys(choices))
    taken: Counter[str] = Counter()
    ids: list[str] = []
    for choices in forms:
        chosen = next((form for form in choices if times[form.lower()] == 1), choices[-1])
        taken[chosen.lower()] += 1
        ids.append(chosen if taken[chosen.lower()] == 1 else f"{chosen}.{taken[chosen.lower()]}")
    given = iter(ids)
    return [[next(given) for _ in initiative.members] for initiative in initiatives]


def given_parameters(member: Member, definition: Definition, values: Values, problems: Problems) -> dict[str, Any]:
    """Give what the initiative passes to a definition, by the definition's own names, checked.

    `values` are the initiative's own parameters. One of them that has no value is passed on without one; what
    only stands in for one is not passed on, since the definition's own stand-in fits it better.
    """
    declared = definition.declared
    names = {name.lower(): name for name in declared}
    result: dict[str, Any] = {}
    for word, body in member.parameters.items():
        at = member.place / word
        if word.lower() not in names:
            problems.add(at, f"the definition has no parameter '{word}'", suggestion(word, declared))
            continue
        written, at_value = entry(body, "value", at) if isinstance(body, dict) else (body, at)
        if _stood_in(written, values):
            continue
        value = _passed_on(written, values, at_value, problems)
        model = _model(declared[names[word.lower()]])
        if model is not None and value is not UNSET and not is_dynamic(value) and (wrong := fault(value, model)):
            problems.add(at_value, f"the parameter '{word}' {wrong}")
        result[names[word.lower()]] = value
    return result


def _passed_on(written: Any, values: Values, place: Place, problems: Problems) -> Any:
    name = _one_parameter(written, values)
    return UNSET if name and values[name] is UNSET else fill_in(written, Scope(values), place, problems)


def _stood_in(written: Any, values: Values) -> bool:
    name = _one_parameter(written, values)
    return name in values.unset and values[name] is not UNSET


def _one_parameter(written: Any, values: Values) -> str:
    """Give the name of the parameter that a value is nothing but; "" where it is something else."""
    match = _ONE_PARAMETER.fullmatch(written) if isinstance(written, str) else None
    return next((key for key in values if match and key.lower() == match[1].lower()), "")


def _model(body: Any) -> ParameterModel | None:
    """Give a declaration that is known to be right; what is wrong was said where the definition was read."""
    try:
        return ParameterModel.model_validate(body)
    except ValueError:
        return None


def absent(member: Member, rule_id: str, label: str) -> Rule:
    """Stand in for a definition that is not there: it is told, not passed over."""
    reason = f"its definition {member.key} (reference {member.reference}) is not among the policy files"
    info = RuleInfo(rule_id, member.key, Severity.MEDIUM, "operate", "crawl", label, "", "")
    return Rule(info, info.severity, (), None, NEVER, obstacle=lambda _: reason)
