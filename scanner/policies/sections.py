"""`--parameters` files: values for every resource, and sections for some (`prod` stricter than `dev`).

    maxTokensPerMinute: 100000
    sections:
      - name: production
        when: {field: effectiveTags.environment, equals: prod}
        parameters: {maxTokensPerMinute: 20000}

Precedence, the strongest first: a `--parameter` flag, the first section whose `when` holds for the resource,
the values outside sections, the policy file's default.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scanner.errors import PolicyError, Problem
from scanner.policies.documents import read_documents
from scanner.policies.loader import PolicyFile, load_policies
from scanner.policies.parameters import Override
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.conditions import Compiler
from scanner.rules.environment import Condition
from scanner.rules.expressions import Scope, fill_in
from scanner.rules.place import Place, Problems, suggestion
from scanner.rules.rule import Rule, Variant

SECTIONS = "sections"
_KEYS = frozenset({"name", "when", "parameters"})


@dataclass(frozen=True, slots=True)
class Section:
    """Values for the resources for which `when` holds; `label` says in reports where they come from."""

    label: str
    when: Condition
    overrides: tuple[Override, ...]


@dataclass(frozen=True, slots=True)
class ParameterFile:
    """What a `--parameters` file says."""

    overrides: tuple[Override, ...]
    sections: tuple[Section, ...] = ()


def read_parameter_file(text: bytes, file: str) -> ParameterFile:
    """Read a `--parameters` file, YAML or JSON; raises PolicyError with everything that is wrong in it."""
    documents = read_documents(text, file)
    if len(documents) != 1 or not isinstance(documents[0].value, dict):
        raise PolicyError(Problem("must hold one mapping of parameter names to values", file, 1))
    place, problems = documents[0].place, Problems()
    body = dict(documents[0].value)
    written = body.pop(SECTIONS, [])
    if not isinstance(written, list):
        problems.add(place / SECTIONS, "'sections' takes a list of mappings with 'when' and 'parameters'")
        written = []
    sections = [_section(part, place / SECTIONS / index, problems) for index, part in enumerate(written)]
    if problems.found:
        raise PolicyError(*problems.found)
    return ParameterFile(_overrides(body, place), tuple(section for section in sections if section is not None))


def _overrides(body: Mapping[str, Any], place: Place) -> tuple[Override, ...]:
    return tuple(Override(name, value, place / name) for name, value in body.items())


def _section(part: Any, place: Place, problems: Problems) -> Section | None:
    if not isinstance(part, dict) or not isinstance(part.get("parameters"), dict) or "when" not in part:
        problems.add(place, "a section is a mapping with 'when' and 'parameters'")
        return None
    for key in part:
        if key not in _KEYS:
            problems.add(place / key, f"unknown key '{key}'", suggestion(str(key), _KEYS))
    tree = fill_in(part["when"], Scope({}), place / "when", problems)
    compiler = Compiler(problems, ASSERTIONS)
    when = compiler.compile(tree, place / "when")
    if any(assertion.facts() or assertion.reads() for assertion in compiler.used):
        problems.add(place / "when", "a section is chosen by the resource itself, not by what is around it")
    line, _ = place.position()
    name = f"section '{part['name']}'" if part.get("name") else "a section"
    return Section(f"{name} ({place.file}:{line})", when, _overrides(part["parameters"], place / "parameters"))


def load_with_sections(
    paths: Sequence[str], overrides: Sequence[Override], sections: Sequence[Section], flags: Sequence[Override]
) -> list[PolicyFile]:
    """Load policies with base values, and give each rule a variant for every section that changes it.

    Raises PolicyError with everything that is wrong with the files, the base values or those of any section.
    """
    if not sections:
        return load_policies(paths, (*overrides, *flags))
    found: list[list[PolicyFile]] = []
    problems: dict[Problem, None] = {}
    for values in ((), *(section.overrides for section in sections)):
        try:
            found.append(load_policies(paths, (*overrides, *values, *flags)))
        except PolicyError as error:
            problems.update(dict.fromkeys(error.problems))
    if problems:
        raise PolicyError(*problems)
    files, *others = found
    loaded = list(zip(sections, others, strict=True))
    return [_with_variants(file, index, loaded) for index, file in enumerate(files)]


def _with_variants(file: PolicyFile, index: int, loaded: list[tuple[Section, list[PolicyFile]]]) -> PolicyFile:
    if all(other[index].parameters == file.parameters for _, other in loaded):
        return file
    rules = tuple(
        replace(rule, variants=tuple(_variant(section, other[index], file, rule) for section, other in loaded))
        for rule in file.rules
    )
    return replace(file, rules=rules)


def _variant(section: Section, other: PolicyFile, base: PolicyFile, rule: Rule) -> Variant:
    twin = next(candidate for candidate in other.rules if candidate.info.id == rule.info.id)
    changed = {name: value for name, value in other.parameters.items() if base.parameters.get(name) != value}
    return Variant(section.when, section.label, twin, changed)
