"""Field paths: `properties.model.name`, `tags['cost-center']`, `properties.rateLimits[*].count`.

Beside the resource's own JSON, a path may start with `effectiveTags.` (tags with inheritance), `parent.`
(the resource that this one lies in). `id`, `name`, `fullName`, `type`, `subscriptionId` and `resourceGroup` are
read from the id. Keys match in any case, as ARM's do. A null is a missing field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from scanner.model.resource import Resource, parent_key
from scanner.model.values import MISSING, UNKNOWN
from scanner.rules.environment import Environment, Getter
from scanner.rules.tags import EVERY_LEVEL, effective_tag

EACH = "[*]"
_TAGS = ("tags", "effectivetags")
_WORD, _BARE, _SINGLE, _DOUBLE = r"[^.\[\]]+", r"[^\]'\"]+", r"'(?:[^']|'')+'", r'"[^"]+"'
_PATH = re.compile(rf"{_WORD}(?:\.{_WORD}|\[(?:{_BARE}|{_SINGLE}|{_DOUBLE})\])*")
_SEGMENT = re.compile(rf"(?P<word>{_WORD})|\[(?P<bare>{_BARE})\]|\[(?P<quoted>{_SINGLE}|{_DOUBLE})\]")


def parse_path(text: str) -> tuple[str, ...]:
    """Split a path into keys and `[*]`; raises ValueError, with what is wrong, where it is no path.

    Everything behind `tags.` is one tag name, dots included.
    """
    head, dot, tail = text.partition(".")
    if head.lower() in _TAGS and dot:
        if not tail:
            raise ValueError(f"a tag name must follow '{text}'")
        return head, tail
    if head.lower() == "parent" and tail:
        return head, *parse_path(tail)
    if not _PATH.fullmatch(text):
        raise ValueError(f"'{text}' is no path; one looks like properties.model.name or properties.rateLimits[*].count")
    return tuple(_key(match, text) for match in _SEGMENT.finditer(text))


def _key(match: re.Match[str], text: str) -> str:
    if match["quoted"]:
        inner = match["quoted"][1:-1]
        # An apostrophe in a tag's name is doubled: tags['it''s']
        return inner.replace("''", "'") if match["quoted"][0] == "'" else inner
    if not match["bare"]:
        return match["word"]
    if match["bare"].isdigit() and not text.lower().startswith(_TAGS):
        raise ValueError(f"'{text}' has an index; [*] means every member of an array, and a count picks some")
    return EACH if match["bare"] == "*" else match["bare"]


def look_up(container: Any, key: str, folded: str) -> Any:
    """Give `container[key]` in any case; MISSING where it is not there or null, UNKNOWN where it cannot be known."""
    if type(container) is dict:
        if key in container:
            value = container[key]
            return MISSING if value is None else value
        for name, value in container.items():
            if name.lower() == folded:
                return MISSING if value is None else value
        return MISSING
    return UNKNOWN if container is UNKNOWN else MISSING


def descend(container: Any, steps: tuple[tuple[str, str], ...]) -> Any:
    """Follow (key, folded key) steps down from `container`."""
    for key, folded in steps:
        if type(container) is dict and key in container:
            container = container[key]
        else:
            container = look_up(container, key, folded)
            if container is MISSING:
                return MISSING
    return MISSING if container is None else container


def _steps(keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((key, key.lower()) for key in keys)


def expand(container: Any, keys: tuple[str, ...]) -> Any:
    """Follow `keys`, spreading at every `[*]`: a list of values, or MISSING or UNKNOWN where there is no array."""
    if EACH not in keys:
        return descend(container, _steps(keys))
    at = keys.index(EACH)
    array = descend(container, _steps(keys[:at]))
    if not isinstance(array, list):
        return array if array is UNKNOWN else MISSING
    rest = keys[at + 1 :]
    if EACH in rest:
        return _flat(expand(member, rest) for member in array)
    return [expand(member, rest) if rest else (MISSING if member is None else member) for member in array]


def _flat(parts: Iterable[Any]) -> Any:
    values: list[Any] = []
    for found in parts:
        if found is UNKNOWN:
            return UNKNOWN  # who knows how many values there are
        if found is not MISSING:
            values.extend(found)
    return values


def _full_name(resource: Resource, _: Environment) -> Any:
    tail = resource.id.rstrip("/").rpartition("/providers/")[2].split("/")
    return "/".join(tail[2::2]) or resource.name


def _type(resource: Resource, _: Environment) -> Any:
    declared = resource.json.get("type")
    return declared if isinstance(declared, str) and declared.lower() == resource.type else resource.type


_SPECIAL: dict[str, Getter] = {
    "id": lambda resource, _: resource.id,
    "name": lambda resource, _: resource.name,
    "fullname": _full_name,
    "subscriptionid": lambda resource, _: resource.subscription_id or MISSING,
    "resourcegroup": lambda resource, _: resource.resource_group or MISSING,
    "type": _type,
}


def _effective_tag(name: str) -> Getter:
    folded = name.lower()
    return lambda resource, env: effective_tag(resource, folded, EVERY_LEVEL, env.inventory).value


def _of_parent(keys: tuple[str, ...]) -> Getter:
    inner = field_getter(keys)

    def get(resource: Resource, env: Environment) -> Any:
        parent = env.inventory.parent(resource)
        if parent is None:
            return UNKNOWN if parent_key(resource.key) else MISSING
        return inner(parent, env)

    return get


def field_getter(keys: tuple[str, ...]) -> Getter:
    """Give the function that reads a path; with `[*]` in it, the function gives a list of values."""
    head = keys[0].lower()
    if len(keys) == 1 and head in _SPECIAL:
        return _SPECIAL[head]
    if head == "effectivetags":
        if len(keys) != 2:
            raise ValueError("'effectiveTags' is followed by one tag name, such as effectiveTags.environment")
        return _effective_tag(keys[1])
    if head == "parent":
        if len(keys) == 1:
            raise ValueError("'parent' is followed by a path of the parent, such as parent.location")
        return _of_parent(keys[1:])
    if EACH in keys:
        return lambda resource, _: expand(resource.json, keys)
    return _plain(_steps(keys))


def _plain(steps: tuple[tuple[str, str], ...]) -> Getter:
    """Give a reader of the resource's own JSON; the usual depths are unrolled: this is the innermost loop."""
    if len(steps) == 1:
        ((one, one_folded),) = steps
        return lambda resource, _: look_up(resource.json, one, one_folded)
    if len(steps) == 2:
        (one, _one), (two, _two) = steps

        def get_two(resource: Resource, _: Environment) -> Any:
            inner = resource.json.get(one)
            if type(inner) is dict and two in inner:
                value = inner[two]
                return MISSING if value is None else value
            return descend(resource.json, steps)

        return get_two
    if len(steps) == 3:
        (one, _one), (two, _two), (three, _three) = steps

        def get_three(resource: Resource, _: Environment) -> Any:
            inner = resource.json.get(one)
            if type(inner) is dict:
                inner = inner.get(two)
                if type(inner) is dict and three in inner:
                    value = inner[three]
                    return MISSING if value is None else value
            return descend(resource.json, steps)

        return get_three
    return lambda resource, _: descend(resource.json, steps)


def member_getter(name: str, keys: tuple[str, ...]) -> Getter:
    """Give the function that reads `keys` below the member which the enclosing count `name` is at."""
    if not keys:
        return lambda _, env: MISSING if env.bindings[name] is None else env.bindings[name]
    return lambda _, env: expand(env.bindings[name], keys)
