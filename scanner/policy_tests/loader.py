"""Finds and reads test files; every error of every file at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from scanner.errors import PolicyError, Problem
from scanner.model.values import Json
from scanner.policies.discovery import BUILTIN, discover
from scanner.policies.loader import PolicyFile, load_policies
from scanner.policies.parameters import Override
from scanner.policies.yaml_document import YamlDocument, read_yaml
from scanner.policy_tests.cases import Case, Head, build_case
from scanner.policy_tests.discovery import find
from scanner.policy_tests.language import CaseFileModel, CaseModel, DefaultsModel
from scanner.rules.place import Place, Problems, suggestion
from scanner.rules.rule import Rule
from scanner.rules.validation import add_validation_problems

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A test file: its path as reports name it, and its cases."""

    path: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Suite:
    """Everything that PATHs of a command line mean: policies, test files, and the rules that must be tested."""

    policies: tuple[PolicyFile, ...]
    files: tuple[CaseFile, ...]
    rules: tuple[Rule, ...]


def load_suite(paths: Sequence[str]) -> Suite:
    """Load policies and their cases; raises PolicyError with everything that is wrong in any file.

    A policy that only gives a test file its rules need not be tested but for the rules that file names.
    """
    problems = Problems()
    found = find(paths or [BUILTIN], problems)
    whole = {source.label for source in discover(found.policies, problems)}
    sources = discover([*found.policies, *found.partial], problems)
    policies, settled = _policies([*found.policies, *found.partial], problems)
    reader = _Reader(policies, {source.label: source.path for source in sources}, problems, settled=settled)
    files = [reader.read(source.label, source.path) for source in found.tests.values()]
    if problems.found:
        raise PolicyError(*problems.found)
    named = {case.rule.info.id for file in files for case in file.cases}
    rules = [rule for file in policies or () for rule in file.rules]
    asked = [rule for rule in rules if rule.info.policy in whole or rule.info.id in named]
    return Suite(tuple(policies or ()), tuple(files), tuple(asked))


def _policies(paths: Sequence[str], problems: Problems) -> tuple[list[PolicyFile] | None, bool]:
    """Load the policies, and say whether all parameters have values; a case may give those that do not.

    None where loading fails: then of test files only the shape can be checked.
    """
    if not paths:
        return None, False
    try:
        return load_policies(paths), True
    except PolicyError:
        pass
    try:
        return load_policies(paths, stand_ins=True), False
    except PolicyError as error:
        problems.found.extend(problem for problem in error.problems if problem not in problems.found)
        return None, False


class _Reader:
    """Reads test files one by one; compiles a rule again where a case changes its parameters."""

    def __init__(
        self, policies: Sequence[PolicyFile] | None, paths: Mapping[str, Path], problems: Problems, *, settled: bool
    ) -> None:
        self.rules = {rule.info.id: rule for file in policies or () for rule in file.rules}
        self.settled = settled
        self.readable = policies is not None
        self.paths = paths
        self.problems = problems
        self.compiled: dict[str, dict[str, Rule]] = {}

    def read(self, label: str, path: Path) -> CaseFile:
        try:
            documents = read_yaml(path.read_bytes(), label)
        except PolicyError as error:
            self.problems.found.extend(error.problems)
            return CaseFile(label, ())
        except OSError as error:
            self.problems.found.append(Problem(f"cannot be read: {error.strerror}", label))
            return CaseFile(label, ())
        if not documents:
            self.problems.found.append(Problem("is empty", label, hint="a test file has version and cases"))
        names: dict[tuple[str, str], Place] = {}
        return CaseFile(label, tuple(case for document in documents for case in self._document(document, names)))

    def _document(self, document: YamlDocument, names: dict[tuple[str, str], Place]) -> list[Case]:
        place = document.place
        file = self._validated(CaseFileModel, document.value, place)
        if file is None:
            return []
        defaults = self._validated(DefaultsModel, file.defaults or {}, place / "defaults")
        templates = self._templates(file.templates, place / "templates")
        head = Head(defaults or DefaultsModel(), place / "defaults", templates)
        cases = [self._case(body, place / "cases" / n, head, names) for n, body in enumerate(file.cases)]
        return [case for case in cases if case is not None]

    def _templates(self, given: dict[str, Any], place: Place) -> dict[str, Json]:
        for name, body in given.items():
            if not isinstance(body, dict):
                self.problems.add(place / name, f"the template '{name}' must be a mapping: a resource to start from")
        return {name: body for name, body in given.items() if isinstance(body, dict)}

    def _case(self, body: Any, place: Place, head: Head, names: dict[tuple[str, str], Place]) -> Case | None:
        model = self._validated(CaseModel, body, place)
        if model is None:
            return None
        first = names.setdefault((model.rule, model.name), place)
        if first is not place:
            line, _ = first.position()
            message = f"a case of {model.rule} has the name '{model.name}' already"
            self.problems.add(place / "name", message, f"in line {line}")
        if not self.readable:
            return None
        if model.rule not in self.rules:
            hint = suggestion(model.rule, self.rules)
            self.problems.add(place / "rule", f"there is no rule '{model.rule}'", hint)
            return None
        rule = self._rule(model, place, head)
        return build_case(model, rule, head, place, self.problems) if rule is not None else None

    def _rule(self, model: CaseModel, place: Place, head: Head) -> Rule | None:
        """Give the rule, compiled with the case's parameters where it has any."""
        values = {name: (value, head.place) for name, value in head.defaults.parameters.items()}
        values |= {name: (value, place) for name, value in model.parameters.items()}
        if not values and self.settled:
            return self.rules[model.rule]
        plain = self.rules[model.rule].info.policy
        key = json.dumps([plain, {name: value for name, (value, _) in values.items()}], sort_keys=True)
        if key not in self.compiled:
            overrides = [Override(name, value, at / "parameters" / name) for name, (value, at) in values.items()]
            try:
                files = load_policies([str(self.paths[plain])], overrides)
            except PolicyError as error:
                self.problems.found.extend(problem for problem in error.problems if problem not in self.problems.found)
                return None
            self.compiled[key] = {rule.info.id: rule for file in files for rule in file.rules}
        return self.compiled[key][model.rule]

    def _validated(self, kind: type[Model], value: Any, place: Place) -> Model | None:
        try:
            return kind.model_validate(value)
        except ValidationError as error:
            add_validation_problems(error, kind, place, self.problems)
            return None
