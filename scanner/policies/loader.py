"""Finds policy files, validates all of them, and compiles their rules; every error of every file at once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from scanner.errors import PolicyError, Problem
from scanner.model.result import RuleInfo
from scanner.policies.azure_loader import is_azure_policy, load_azure_policies
from scanner.policies.azure_policy import Definition
from scanner.policies.discovery import BUILTIN, discover
from scanner.policies.documents import read_documents
from scanner.policies.language import ParameterModel, PolicyModel, RuleModel
from scanner.policies.parameters import Override, Values, fault, stand_in
from scanner.policies.yaml_document import YamlDocument
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.conditions import NEVER, Compiler
from scanner.rules.environment import Condition
from scanner.rules.expressions import UNSET, Scope, fill_in
from scanner.rules.place import Place, Problems, suggestion
from scanner.rules.rule import Rule
from scanner.rules.validation import add_validation_problems

_PARAMETER = re.compile(r"parameters\(\s*'([^']*)'", re.IGNORECASE)
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A rule as its author wrote it, parameters not filled in, and where it stands."""

    model: RuleModel
    place: Place


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A loaded policy file: `path` as reports name it, `parameters` the values in force.

    `written` holds its rules, and `declared` its parameters, as they stand in the file; `definitions` the
    Azure Policy definitions, by rule id, where it is made of those.
    """

    name: str
    path: str
    rules: tuple[Rule, ...]
    parameters: dict[str, Any]
    description: str = ""
    written: tuple[WrittenRule, ...] = ()
    declared: Mapping[str, ParameterModel] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)


def load_policies(
    paths: Sequence[str], overrides: Sequence[Override] = (), *, stand_ins: bool = False
) -> list[PolicyFile]:
    """Load policy files and folders (`builtin` is the pack that ships with azgate).

    Later overrides win over earlier ones. With `stand_ins` a parameter without a value is no error: something
    that fits stands in for it, to check and describe policies, never to judge by them. Raises PolicyError with
    everything that is wrong anywhere.
    """
    problems = Problems()
    loader = _Loader(overrides, problems, stand_ins=stand_ins)
    for label, path in discover(paths or [BUILTIN], problems):
        loader.load(label, path)
    loader.finish()
    if problems.found:
        raise PolicyError(*problems.found)
    return loader.files


class _Loader:
    """Loads files one by one; knows the ids and parameters seen so far."""

    def __init__(self, overrides: Sequence[Override], problems: Problems, *, stand_ins: bool) -> None:
        self.stand_ins = stand_ins
        self.overrides = {override.name.lower(): override for override in overrides}
        self.problems = problems
        self.files: list[PolicyFile] = []
        self.declared: set[str] = set()
        self.ids: dict[str, str] = {}
        self.written: list[WrittenRule] = []
        self.models: dict[str, ParameterModel] = {}
        self.azure: list[tuple[YamlDocument, str]] = []
        self.broken: set[str] = set()
        self.unread = False

    def load(self, label: str, path: Path) -> None:
        try:
            documents = read_documents(path.read_bytes(), label)
        except PolicyError as error:
            self.problems.found.extend(error.problems)
            self.unread = True
            return
        except OSError as error:
            self.problems.found.append(Problem(f"cannot be read: {error.strerror}", label))
            self.unread = True
            return
        if not documents:
            self.problems.found.append(Problem("is empty", label, hint="a policy file has version, name and rules"))
        for document in documents:
            self._document(document, label)

    def _document(self, document: YamlDocument, label: str) -> None:
        if is_azure_policy(document.value):
            self.azure.append((document, label))
            return
        place = document.place
        policy = _validated(PolicyModel, document.value, place, self.problems)
        # What stands below is checked even where the head of the file is wrong: all errors are shown at once.
        body = document.value if isinstance(document.value, dict) else {}
        declared, rules = body.get("parameters", {}), body.get("rules", [])
        self.written, self.models, self.broken = [], {}, set()
        self.unread |= not isinstance(declared, dict) or not body
        parameters = self._parameters(declared if isinstance(declared, dict) else {}, place / "parameters")
        listed = enumerate(rules if isinstance(rules, list) else ())
        compiled = [self._rule(rule, place / "rules" / index, parameters, label) for index, rule in listed]
        if policy is not None:
            kept, written = tuple(rule for rule in compiled if rule is not None), tuple(self.written)
            self.files.append(
                PolicyFile(policy.name, label, kept, parameters.given(), policy.description, written, self.models)
            )

    def _parameters(self, declared: dict[str, Any], place: Place, *, needed: bool = True) -> Values:
        values = Values()
        for name, body in declared.items():
            self.declared.add(name)
            at = place / name
            model = _validated(ParameterModel, body, at, self.problems)
            if model is None:
                values[name] = None
                self.broken.add(name.lower())
                continue
            self.models[name] = model
            chosen = self.overrides.get(name.lower())
            if model.default is not None and (wrong := fault(model.default, model)):
                self.problems.add(at / "default", f"the default of '{name}' {wrong}")
                self.broken.add(name.lower())
            if chosen is not None and (wrong := fault(chosen.value, model)):
                self.problems.note(chosen.problem(f"the parameter '{name}' {wrong}"))
                self.broken.add(name.lower())
            unset = chosen is None and model.default is None
            if unset and needed and not self.stand_ins:
                self.problems.add(at, f"the parameter '{name}' has no default", f"give --parameter {name}=VALUE")
                self.broken.add(name.lower())
            values[name] = model.default if chosen is None else chosen.value
            if unset and (self.stand_ins or not needed):
                values[name] = stand_in(model) if self.stand_ins else UNSET
                values.unset |= {name}
        return values

    def _rule(self, body: Any, place: Place, parameters: dict[str, Any], label: str) -> Rule | None:
        model = _validated(RuleModel, body, place, self.problems)
        compiler = Compiler(self.problems, ASSERTIONS)
        written = body if isinstance(body, dict) else {}
        when, assertion = (self._condition(compiler, written, word, parameters, place) for word in ("when", "assert"))
        if model is None:
            return None
        self._claim(model.id, place / "id")
        self.written.append(WrittenRule(model, place))
        types = self._types(model.resource, place / "resource")
        if assertion is None or assertion is NEVER or when is NEVER or not types:
            return None
        facts = tuple(dict.fromkeys(fact for used in compiler.used for fact in used.facts()))
        reads = frozenset().union(*(used.reads() for used in compiler.used))
        return Rule(_info(model, label), model.severity, types, when, assertion, facts, reads=reads)

    def _condition(
        self, compiler: Compiler, rule: dict[str, Any], word: str, parameters: dict[str, Any], place: Place
    ) -> Condition | None:
        """Compile `when` or `assert`; None where it is not there, or rests on a parameter that is wrong already."""
        tree = rule.get(word)
        used = {name.lower() for name in _PARAMETER.findall(json.dumps(tree))} if self.broken else set()
        if word not in rule or (word == "when" and tree is None) or used & self.broken:
            return None
        return compiler.compile(fill_in(tree, Scope(parameters), place / word, self.problems), place / word)

    def _types(self, names: list[str], place: Place) -> tuple[str, ...]:
        if not names:
            self.problems.add(place, "a rule is about at least one resource type")
        for index, name in enumerate(names):
            if "/" not in name or "." not in name.partition("/")[0]:
                hint = "such as Microsoft.CognitiveServices/accounts"
                self.problems.add(place / index, f"'{name}' is no ARM type", hint)
        return tuple(dict.fromkeys(name.lower() for name in names))

    def finish(self) -> None:
        """Do what needs all files: Azure's definitions may refer to each other, an override to any of them."""
        for file in load_azure_policies(self.azure, self._parameters, self.problems):
            for rule in file.rules:
                self._claim(rule.info.id, file.place)
            self.files.append(
                PolicyFile(
                    file.name,
                    file.path,
                    file.rules,
                    file.parameters.given(),
                    file.description,
                    definitions=file.definitions,
                )
            )
        self._check_overrides()

    def _claim(self, rule_id: str, place: Place) -> None:
        """Note that a rule id is taken, and by whom."""
        taken = self.ids.get(rule_id.lower())
        if taken is not None:
            self.problems.add(place, f"the rule id '{rule_id}' is taken", f"by {taken}")
        line, _ = place.position()
        self.ids.setdefault(rule_id.lower(), f"{place.file}:{line}" if line else place.file)

    def _check_overrides(self) -> None:
        """Refuse an override of a parameter that no file declares: it would silently do nothing."""
        known = {name.lower() for name in self.declared}
        for override in self.overrides.values() if not self.unread else ():
            if override.name.lower() not in known:
                hint = suggestion(override.name, self.declared)
                self.problems.found.append(
                    override.problem(f"no policy declares the parameter '{override.name}'", hint)
                )


def _info(model: RuleModel, label: str) -> RuleInfo:
    return RuleInfo(
        id=model.id,
        title=model.title,
        severity=model.severity,
        phase=model.phase,
        maturity=model.maturity,
        policy=label,
        rationale=model.rationale.strip(),
        remediation=model.remediation.strip(),
        references=tuple(model.references),
    )


def _validated(kind: type[Model], value: Any, place: Place, problems: Problems) -> Model | None:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        add_validation_problems(error, kind, place, problems)
        return None
