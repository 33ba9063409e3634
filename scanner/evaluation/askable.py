"""Which rules may be asked at all: a rule about what no input can hold must not look like good news."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model.context import CHANGE_FACTS
from scanner.model.inventory import Inventory, SourceInfo
from scanner.model.resource import Resource
from scanner.rules.environment import Environment
from scanner.rules.rule import DERIVED, EVERY_TYPE, Rule

_LIVE = "azure"
_OBSERVED = frozenset({_LIVE, "snapshot"})
"""Kinds of sources that read everything they were asked for; another file holds what somebody put into it."""
_OUTSIDE_ARM = ("microsoft.graph/", "github.copilot/")
"""Types that are read only when asked for: a file without them was made without them."""


def judgeable(rule: Rule, env: Environment) -> tuple[Iterable[Resource], str]:
    """Give the resources this rule may be asked about, and why it is not asked about the others."""
    able, hindered = _able(rule, env)
    absent = "" if hindered else _absent(rule, env.inventory)
    if not able or absent:
        return (), hindered or absent
    unheld = [_unheld(able[0], source) for source in env.inventory.sources]
    if unheld and all(unheld) and not env.inventory.context:
        return (), "; ".join(dict.fromkeys(reason for reason in (hindered, *unheld) if reason))
    resources = _resources(able, env)
    origins = frozenset(resource.origin.source for resource in resources)
    unable: dict[str, str] = {}
    # What exists beside a change matters here only where something of it is judged too: a subscription, say.
    context = (source for source in env.inventory.context if source.kind in origins)
    for source in (*env.inventory.sources, *context):
        if reason := _lacking(able[0], source, env.inventory, origins):
            unable.setdefault(source.kind, reason)
        else:
            unable[source.kind] = ""
    reasons = [reason for reason in (hindered, *unable.values()) if reason]
    if not reasons:
        return resources, ""
    return [one for one in resources if not unable.get(one.origin.source)], "; ".join(dict.fromkeys(reasons))


def _able(rule: Rule, env: Environment) -> tuple[list[Rule], str]:
    """Give the rule, and what it is with other parameter values, as far as nothing hinders asking it; and what does."""
    forms = [(rule, "no section"), *((variant.rule, variant.label) for variant in rule.variants)]
    hindered = [(form.obstacle(env), label) for form, label in forms]
    able = [form for (form, _), (obstacle, _) in zip(forms, hindered, strict=True) if not obstacle]
    reasons = dict.fromkeys(
        f"{obstacle} where {label} applies" if able else obstacle for obstacle, label in hindered if obstacle
    )
    return able, "; ".join(reasons)


def _resources(rules: list[Rule], env: Environment) -> list[Resource]:
    if len({rule.types for rule in rules}) == 1:
        return rules[0].resources(env)
    return list({resource.key: resource for rule in rules for resource in rule.resources(env)}.values())


def _absent(rule: Rule, inventory: Inventory) -> str:
    """Say why no input can hold a resource of any of the rule's types; "" where one can."""
    types = [kind for kind in rule.types if kind not in DERIVED and kind != EVERY_TYPE]
    if not types or not inventory.sources or any(kind in inventory.by_type for kind in types):
        return ""
    if any(gap.what.lower() in types for gap in inventory.gaps):
        return ""
    reasons = [_none_held(source, types) for source in inventory.sources]
    return "; ".join(dict.fromkeys(reasons)) if all(reasons) else ""


def _none_held(source: SourceInfo, types: list[str]) -> str:
    """Say why a source holds none of `types`; "" where it may have been asked for one, and there was none."""
    told = [source.not_asked[kind] for kind in types if kind in source.not_asked]
    rest = [kind for kind in types if kind not in source.not_asked]
    if rest and (source.kind == _LIVE or not all(kind.startswith(_OUTSIDE_ARM) for kind in rest)):
        return ""
    none = [f"is about {' and '.join(rest)}, of which the input of kind {source.kind} has none"] if rest else []
    return "; ".join(dict.fromkeys([*told, *none]))


def _lacking(rule: Rule, source: SourceInfo, inventory: Inventory, origins: frozenset[str]) -> str:
    """Say what the rule looks at, beside the resource itself, that this source cannot hold; "" for nothing.

    Facts are out of a source's reach whatever it holds; other resources are missed only where there is one to judge.
    """
    if reason := _unheld(rule, source):
        return reason
    if not rule.reads or source.kind not in origins or any(_holds(source, kind, inventory) for kind in rule.reads):
        return ""
    return f"needs {' or '.join(sorted(rule.reads))}, of which the input of kind {source.kind} has none"


def _unheld(rule: Rule, source: SourceInfo) -> str:
    """Say which facts the rule needs that are not read from the source, whatever it was asked for."""
    wanted = frozenset(kind for kind, _ in rule.facts)
    if wanted <= source.fact_kinds:
        return ""
    reason = f"needs {' and '.join(sorted(wanted))}, which are not read from an input of kind {source.kind}"
    return reason if source.kind in _OBSERVED or not wanted <= CHANGE_FACTS else f"{reason}; --context can bring them"


def _holds(source: SourceInfo, kind: str, inventory: Inventory) -> bool:
    if kind in source.not_asked:
        return False
    return source.kind in _OBSERVED or any(
        resource.origin.source == source.kind for resource in inventory.by_type.get(kind, ())
    )
