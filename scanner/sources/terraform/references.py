"""Which resource of a plan an argument refers to: by the references that the plan's configuration lists.

Terraform lists, for each expression, what it refers to, most specific first: `["azurerm_x.y[0].id", "azurerm_x.y[0]",
"azurerm_x.y"]`; an index that is an expression stands beside it (`["azurerm_x.y", "each.key"]`). What a `local` is
made of is not in a plan: it may be anything that its module can see. A value that is known only after apply comes from
something that the plan makes, so only resources with a new id are asked about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from scanner.sources.terraform.configuration import Configuration, caller
from scanner.sources.terraform.plan import Planned

_INDEX = r'(\[(?:\d+|"(?:\\.|[^"\\])*")\])?'
_RESOURCE = re.compile(rf"((?:data\.)?[\w-]+)\.([\w-]+){_INDEX}")
_MODULE = re.compile(rf"module\.([\w-]+){_INDEX}(?:\.([\w-]+))?")
_ITSELF = frozenset({"each.key", "count.index"})
_DEPTH = 30
"""Deeper than any configuration: modules in modules, outputs of outputs."""


class _Place(NamedTuple):
    """Where an expression stands: its module instance, the index of what it belongs to, and what that repeats over."""

    module: str
    key: str = ""
    each: Any = None


class References:
    """Answers to which resource an argument refers to. Two answers are as good as none."""

    def __init__(self, configuration: Configuration, makers: Iterable[Planned]) -> None:
        """Take the resources whose ids are not known yet."""
        self._configuration = configuration
        self._instances: dict[tuple[str, str, str], dict[str, Planned]] = {}
        self._below: dict[str, dict[str, list[Planned]]] = {}
        self._modules: dict[tuple[str, str], dict[str, str]] = {}
        self._memo: dict[tuple[int, _Place, str], tuple[Planned, ...]] = {}
        for one in makers:
            kind = one.type if one.managed else f"data.{one.type}"
            self._instances.setdefault((one.module, kind, one.name), {})[one.key] = one
            self._register(one)

    def find(self, planned: Planned, argument: str, arm: str) -> Planned | None:
        """Give the only resource of an ARM type ("" for any) that this argument can refer to; None without one."""
        resource = self._configuration.resource(planned)
        expressions = resource.get("expressions")
        expression = expressions.get(argument) if isinstance(expressions, dict) else None
        place = _Place(planned.module, planned.key, resource.get("for_each_expression"))
        found = self._targets(expression, place, arm.lower(), 0)
        return found[0] if len(found) == 1 else None

    def _register(self, one: Planned) -> None:
        kind = one.mapping.arm.lower() if one.mapping else ""
        module = one.module
        while True:
            # Two are enough to know that it is not certain which.
            for arm in (kind, ""):
                seen = self._below.setdefault(module, {}).setdefault(arm, [])
                if len(seen) < 2:
                    seen.append(one)
            if not module:
                return
            above = caller(module)
            self._modules.setdefault((above.module, above.call), {})[above.key] = module
            module = above.module

    def _targets(self, expression: Any, place: _Place, arm: str, depth: int) -> tuple[Planned, ...]:
        """Give at most a few of the resources an expression may take its value from."""
        listed = expression.get("references") if isinstance(expression, dict) else None
        if not isinstance(listed, list) or depth > _DEPTH:
            return ()
        memo = (id(expression), place._replace(each=id(place.each)), arm)
        if memo not in self._memo:
            self._memo[memo] = ()
            names = [name for name in listed if isinstance(name, str)]
            found: dict[str, Planned] = {}
            for name in _most_specific(names):
                for one in self._named(name, names, place, arm, depth):
                    found[one.address] = one
            self._memo[memo] = tuple(found.values())
        return self._memo[memo]

    def _named(self, name: str, beside: list[str], place: _Place, arm: str, depth: int) -> Iterable[Planned]:
        head, _, rest = name.partition(".")
        if head == "var":
            return self._variable(rest.partition(".")[0].partition("[")[0], place.module, arm, depth)
        if head == "local":
            return self._visible(place.module, arm, depth)
        if head == "module":
            return self._outputs(name, self._index(beside, place), place, arm, depth)
        if head == "each" and rest.startswith("value"):
            # What the n-th instance gets is of the n-th instance of what it repeats over.
            listed = place.each.get("references") if isinstance(place.each, dict) else None
            names = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
            inner = place._replace(each=None)
            return (
                one
                for source in _most_specific(names)
                for one in self._named(source, [*names, "each.key"], inner, arm, depth + 1)
            )
        return self._resources(name, self._index(beside, place), place.module, arm)

    def _resources(self, name: str, index: str, module: str, arm: str) -> Iterable[Planned]:
        match = _RESOURCE.match(name)
        if match is None:
            return ()
        instances = self._instances.get((module, match[1], match[2]), {})
        chosen = _chosen(instances, match[3] or index)
        return [one for one in chosen if not arm or (one.mapping is not None and one.mapping.arm.lower() == arm)]

    def _variable(self, name: str, module: str, arm: str, depth: int) -> tuple[Planned, ...]:
        """Follow a variable to what the module's caller gave for it; those of the root are always known."""
        if not module:
            return ()
        above = caller(module)
        call = self._configuration.call(above.module, above.call)
        expressions = call.get("expressions")
        given = expressions.get(name) if isinstance(expressions, dict) else None
        place = _Place(above.module, above.key, call.get("for_each_expression"))
        return self._targets(given, place, arm, depth + 1)

    def _outputs(self, name: str, index: str, place: _Place, arm: str, depth: int) -> Iterable[Planned]:
        match = _MODULE.match(name)
        if match is None:
            return
        for module in _chosen(self._modules.get((place.module, match[1]), {}), match[2] or index):
            for output in self._configuration.outputs(module, match[3]):
                yield from self._targets(output, _Place(module), arm, depth + 1)

    def _visible(self, module: str, arm: str, depth: int) -> list[Planned]:
        """Give what a module can see: what is in it, below it, and what its caller hands in."""
        found = list(self._below.get(module, {}).get(arm, ()))
        if module and depth <= _DEPTH and len(found) < 2:
            above = caller(module)
            call = self._configuration.call(above.module, above.call)
            expressions = call.get("expressions")
            place = _Place(above.module, above.key, call.get("for_each_expression"))
            for given in expressions.values() if isinstance(expressions, dict) else ():
                found.extend(self._targets(given, place, arm, depth + 1))
        return found

    def _index(self, beside: list[str], place: _Place) -> str:
        """Give the index that an expression names by its own key, or by a text of what it repeats over."""
        if any(name in _ITSELF for name in beside):
            return place.key
        paths = [name for name in beside if name.startswith("each.value.")]
        if len(paths) != 1 or not place.key:
            return ""
        value = self._configuration.constant(place.each, place.module)
        for step in (key_text(place.key), *paths[0].split(".")[2:]):
            value = value.get(step) if isinstance(value, dict) else None
        return f"[{json.dumps(value, ensure_ascii=False)}]" if isinstance(value, str) else ""


def key_text(key: str) -> str:
    """Give the text of an index such as `["gpt"]`; "" of a number."""
    try:
        value = json.loads(key[1:-1])
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""


def _chosen(instances: Mapping[str, Any], index: str) -> list[Any]:
    """Give the instance of that index, else some of all, which two already tell apart from one."""
    if index and index in instances:
        return [instances[index]]
    return list(islice(instances.values(), 2))


def _most_specific(names: list[str]) -> list[str]:
    """Leave out names of which a longer one is there, and those that only name an index."""
    kept: list[str] = []
    for name in names:
        longer = kept[-1] if kept else ""
        if name not in _ITSELF and not (longer.startswith(name) and longer[len(name) :][:1] in (".", "[", "")):
            kept.append(name)
    return kept
