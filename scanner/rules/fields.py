"""What a `field` may say: a path, an Azure Policy alias, or the member that an enclosing count is at."""

from __future__ import annotations

from typing import Any

from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.rules.environment import Environment, Getter
from scanner.rules.paths import EACH, field_getter, member_getter, parse_path

_MAX_ENVELOPES = 3


def member_or_field(path: str, counts: tuple[str, ...]) -> Getter:
    """Give the reader of `path`; inside a count over a prefix of it, of the member at hand. Raises ValueError."""
    folded = path.lower()
    for prefix in reversed(counts):
        name = prefix.lower()
        if folded == name or folded.startswith((f"{name}.", f"{name}[")):
            rest = path[len(prefix) :].removeprefix(".")
            keys = parse_path(rest) if rest else ()
            if is_alias(path) and keys:
                return lambda _, env: flattened(env.bindings[name], keys)
            return member_getter(name, keys)
    if is_alias(path):
        return alias_getter(path)
    return field_getter(parse_path(path))


def is_alias(path: str) -> bool:
    """Say whether `path` is an alias such as Microsoft.Search/searchServices/sku.name."""
    return "/" in path and not path.lower().startswith(("tags", "effectivetags", "parent"))


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

    def get(resource: Resource, _: Environment) -> Any:
        return flattened(resource.json, keys) if resource.type == folded else MISSING

    return get


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


def _spread(members: list[Any], rest: tuple[str, ...]) -> list[Any]:
    values: list[Any] = []
    for member in members:
        found = flattened(member, rest) if rest else (MISSING if member is None else member)
        if EACH in rest and isinstance(found, list):
            values.extend(found)
        elif not (EACH in rest and found is MISSING):
            values.append(found)
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
