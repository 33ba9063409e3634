"""What a `field` may say: a path, an Azure Policy alias, or the member that an enclosing count is at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.rules.environment import Environment, Getter
from scanner.rules.paths import EACH, field_getter, member_getter, parse_path

_MAX_ENVELOPES = 3
_INDEX = "()"
"""Begins the name of a count over a value: no path does, so such a count never hides a field."""
_ALIAS = re.compile(r"(?!(?:tags|effectivetags|parent)\.)[a-z0-9]+(?:\.[a-z0-9]+)+/", re.IGNORECASE)
_OF_THE_ENVELOPE = frozenset({"id", "name", "type", "location"})
"""Fields of their own: an alias that ends in one of these words means a property of that name."""


def count_name(count: Mapping[str, Any]) -> str:
    """Give the name by which a count's `where` knows the member it is at: the path, or an index name."""
    if "field" in count:
        return str(count["field"])
    return _INDEX + str(count.get("name") or "default")


def index_name(name: str) -> str:
    """Give the name of the member of a count over a value, as `current()` calls it."""
    return _INDEX + name


def member(path: str, counts: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """Say which enclosing count `path` is below, and the keys from its member on; None where it is below none.

    Raises ValueError where those keys are no path.
    """
    folded = path.lower()
    for counted in reversed(counts):
        name = counted.lower()
        if folded == name or folded.startswith((f"{name}.", f"{name}[")):
            rest = path[len(counted) :].removeprefix(".")
            return name, parse_path(rest) if rest else ()
    return None


def member_or_field(path: str, counts: tuple[str, ...]) -> Getter:
    """Give the reader of `path`; inside a count over a prefix of it, of the member at hand. Raises ValueError."""
    found = member(path, counts)
    if found is None:
        return alias_getter(path) if is_alias(path) else field_getter(parse_path(path))
    name, keys = found
    if is_alias(path) and keys:
        return lambda _, env: flattened(env.bindings[name], keys)
    return member_getter(name, keys)


def selects_many(path: str, counts: tuple[str, ...]) -> bool:
    """Say whether `path` selects a value of every member of an array; the member at hand of a count is one."""
    found = member(path, counts)
    return EACH in (path if found is None else found[1])


def selection(path: str, counts: tuple[str, ...]) -> Getter:
    """Give what the `field()` function reads: as a field, but a `[*]` always gives a list of what it selects.

    The member at hand of an enclosing count is a list of one. Raises ValueError.
    """
    getter = member_or_field(path, counts)
    if EACH not in path:
        return getter
    single = not selects_many(path, counts)

    def get(resource: Resource, env: Environment) -> Any:
        value = getter(resource, env)
        if single:
            return [None if value is MISSING else value]
        if value is MISSING:
            return []
        return [None if one is MISSING else one for one in value] if isinstance(value, list) else value

    return get


def is_alias(path: str) -> bool:
    """Say whether `path` is an alias such as Microsoft.Search/searchServices/sku.name."""
    return _ALIAS.match(path) is not None


def alias_getter(alias: str) -> Getter:
    """Give the reader of an alias: the property where the resource is of the alias's type, else nothing.

    An alias is the resource type and, behind the last slash, the property's path without ARM's
    `properties` envelopes, of the resource and of sub-resources listed in it.
    """
    kind, _, path = alias.rpartition("/")
    folded = kind.lower()
    if "/" not in kind:
        raise ValueError(f"'{alias}' is no alias; one looks like Microsoft.Search/searchServices/sku.name")
    keys = parse_path(path)
    below = keys[0].lower() in _OF_THE_ENVELOPE

    def get(resource: Resource, _: Environment) -> Any:
        if resource.type != folded:
            return MISSING
        return flattened(_properties(resource.json) if below else resource.json, keys)

    return get


def _properties(body: dict[str, Any]) -> Any:
    return next((value for name, value in body.items() if name.lower() == "properties"), MISSING)


def flattened(container: Any, keys: tuple[str, ...]) -> Any:
    """Follow `keys`, looking through `properties` envelopes; a list of values where there is a `[*]`."""
    for at, key in enumerate(keys):
        if key == EACH:
            if not isinstance(container, list):
                return container if container is UNKNOWN else MISSING
            return _spread(container, keys[at + 1 :])
        container = _through_envelopes(container, key)
        if container is MISSING or container is UNKNOWN:
            return container
    return container


def _spread(members: list[Any], rest: tuple[str, ...]) -> Any:
    values: list[Any] = []
    for each in members:
        found = flattened(each, rest) if rest else (MISSING if each is None else each)
        if EACH not in rest:
            values.append(found)
        elif isinstance(found, list):
            values.extend(found)
        elif found is UNKNOWN:
            return UNKNOWN  # who knows how many values there are
    return values


def _through_envelopes(container: Any, key: str) -> Any:
    folded = key.lower()
    for _ in range(_MAX_ENVELOPES):
        if container is UNKNOWN:
            return UNKNOWN
        if not isinstance(container, dict):
            return MISSING
        envelope: Any = None
        for name, value in container.items():
            word = name.lower()
            if word == folded:
                return MISSING if value is None else value
            if word == "properties":
                envelope = value
        container = envelope
    return MISSING
