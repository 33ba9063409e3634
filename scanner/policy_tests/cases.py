"""Test cases, ready to run: a compiled rule, an inventory, a clock, and what is expected of which resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scanner.expressions.times import parse_timestamp
from scanner.model.inventory import Inventory, SourceInfo
from scanner.model.resource import Origin, Resource
from scanner.model.values import Json
from scanner.model.verdict import Severity
from scanner.policy_tests.facts import FactReader
from scanner.policy_tests.language import CaseModel, DefaultsModel, Expected
from scanner.policy_tests.resources import named, read_resource
from scanner.rules.environment import Environment
from scanner.rules.place import Place, Problems, suggestion
from scanner.rules.rule import DERIVED, Rule

CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
"""The clock of a case that sets none."""
_LIVE, _FILE, _DECLARED = "azure", "arm-json", "template"


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `expected` is an outcome by the resource's normalised id; `every` says that it names them all."""

    rule: Rule
    name: str
    place: Place
    inventory: Inventory
    as_of: datetime
    expected: Mapping[str, Expected]
    every: bool
    message: str | None
    severity: Severity | None

    def environment(self) -> Environment:
        """Give what the rule may look at."""
        return Environment(self.inventory, self.as_of)


@dataclass(frozen=True, slots=True)
class Head:
    """What the cases of a file share: defaults with their place, and the resource templates."""

    defaults: DefaultsModel
    place: Place
    templates: Mapping[str, Json]


def build_case(model: CaseModel, rule: Rule, head: Head, place: Place, problems: Problems) -> Case | None:
    """Make a case; None, and problems, where it is wrong."""
    before = len(problems.found)
    as_of = _clock(model, head, place, problems)
    source = _source(model, head, place, problems)
    resources = _resources(model, head, place, Origin(source, place.file, declared=source == _DECLARED), problems)
    reader = FactReader(rule, resources, as_of, problems)
    for owner, at in ((head.defaults, head.place), (model, place)):
        for index, body in enumerate(owner.facts):
            reader.read_fact(body, at / "facts" / index)
        for index, body in enumerate(owner.gaps):
            reader.read_gap(body, at / "gaps" / index)
    if len(problems.found) > before:
        return None
    kinds = frozenset(kind for kind, _ in rule.facts) if source == _LIVE else frozenset()
    inventory = Inventory(
        resources=tuple(resources),
        facts=tuple(reader.facts),
        gaps=tuple(reader.gaps),
        sources=(SourceInfo(source, place.file, kinds | {fact.kind for fact in reader.facts if source == _LIVE}),),
    )
    expected = _expected(model, rule, inventory, as_of, place / "expect", problems)
    _check_details(model, expected, place, problems)
    if len(problems.found) > before:
        return None
    every = isinstance(model.expect, str)
    return Case(rule, model.name, place, inventory, as_of, expected, every, model.message, model.severity)


def _clock(model: CaseModel, head: Head, place: Place, problems: Problems) -> datetime:
    text, at = (model.as_of, place) if model.as_of is not None else (head.defaults.as_of, head.place)
    if text is None:
        return CLOCK
    moment = parse_timestamp(text)
    if moment is None:
        problems.add(at / "asOf", f"'{text}' is no timestamp", "such as 2026-11-24T08:00:00Z")
    return moment or CLOCK


def _source(model: CaseModel, head: Head, place: Place, problems: Problems) -> str:
    """Give the kind of source that the resources come from."""
    chosen = model if model.live is not None or model.declared is not None else head.defaults
    if chosen.live and chosen.declared:
        at = place if chosen is model else head.place
        problems.add(at / "declared", "resources are either 'live' or 'declared'", "take one of the two away")
    if chosen.declared:
        return _DECLARED
    return _FILE if chosen.live is False else _LIVE


def _resources(model: CaseModel, head: Head, place: Place, origin: Origin, problems: Problems) -> list[Resource]:
    """Give the resources; one of the case replaces the one of the defaults with its id."""
    found: dict[str, Resource] = {}
    for owner, at in ((head.defaults, head.place), (model, place)):
        here: set[str] = set()
        for index, body in enumerate(owner.resources):
            resource = read_resource(body, at / "resources" / index, head.templates, origin, problems)
            if resource is None:
                continue
            if resource.key in here:
                problems.add(at / "resources" / index, f"the resource {resource.id} stands twice")
            here.add(resource.key)
            found.pop(resource.key, None)
            found[resource.key] = resource
    return list(found.values())


def _expected(
    model: CaseModel, rule: Rule, inventory: Inventory, as_of: datetime, place: Place, problems: Problems
) -> dict[str, Expected]:
    """Give what is expected by the resource's normalised id."""
    env = Environment(inventory, as_of)
    about = rule.resources(env)
    if isinstance(model.expect, dict):
        known = list({resource.key: resource for resource in [*inventory.resources, *about]}.values())
        return _by_name(model.expect, known, place, problems)
    outcome = _outcome(model.expect, place, problems)
    if outcome is None:
        return {}
    if not about and not (outcome is Expected.NOT_APPLICABLE and any(kind in DERIVED for kind in rule.types)):
        types = ", ".join(rule.types[:3]) + (" ..." if len(rule.types) > 3 else "")
        problems.add(place, f"the case has no resource that the rule {rule.info.id} is about", f"it is about {types}")
    return {resource.key: outcome for resource in about}


def _by_name(given: dict[Any, Any], known: list[Resource], place: Place, problems: Problems) -> dict[str, Expected]:
    found: dict[str, Expected] = {}
    if not given:
        problems.add(place, "an expectation names at least one resource")
    for word, value in given.items():
        outcome = _outcome(value, place / word, problems)
        meant = named(str(word), known)
        if len(meant) > 1:
            hint = "write <parent>/<name>, or the id"
            problems.add(place / word, f"'{word}' names {len(meant)} resources of the case", hint)
        elif not meant:
            hint = suggestion(str(word), [resource.name for resource in known])
            problems.add(place / word, f"the case has no resource '{word}'", hint)
        elif outcome is not None:
            found[meant[0].key] = outcome
    return found


def _outcome(value: Any, place: Place, problems: Problems) -> Expected | None:
    words = [word.value for word in Expected]
    if isinstance(value, str) and value in words:
        return Expected(value)
    problems.add(place, f"{value!r} is no outcome", suggestion(str(value), words))
    return None


_SILENT = frozenset({Expected.PASS, Expected.NOT_APPLICABLE, Expected.NOT_EVALUATED})


def _check_details(model: CaseModel, expected: Mapping[str, Expected], place: Place, problems: Problems) -> None:
    if expected and set(expected.values()) <= _SILENT:
        for key, value in (("message", model.message), ("severity", model.severity)):
            if value is not None:
                word = next(iter(expected.values()))
                problems.add(place / key, f"'{key}' needs a finding, and the case expects {word}", "take it away")
