"""Resources of test cases: ARM JSON, whole or in short, as the inventory of a scan would hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.resource import Origin, Resource, canonical_json, type_of_id
from scanner.model.values import UNKNOWN, Json
from scanner.rules.place import Place, Problems, suggestion

SUBSCRIPTION_ID = "00000000-0000-0000-0000-000000000001"
GROUP = "rg-ai"
"""Where a resource without an id lies."""
KNOWN_LATER = "(known after deployment)"
"""The text that stands for a value which a template or plan does not tell yet."""
_GROUP_TYPE = "Microsoft.Resources/resourceGroups"
_CONTAINERS = {"subscription": "Microsoft.Resources/subscriptions", "resourcegroup": _GROUP_TYPE}


def container_id(word: str) -> str | None:
    """Give the id that the words `subscription` and `resourceGroup` mean; None for another word."""
    ids = {
        "subscription": f"/subscriptions/{SUBSCRIPTION_ID}",
        "resourcegroup": f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{GROUP}",
    }
    return ids.get(word.lower())


def read_resource(
    body: Any, place: Place, templates: Mapping[str, Json], origin: Origin, problems: Problems
) -> Resource | None:
    """Make a resource of what a case says; None, and problems, where that is none."""
    if not isinstance(body, dict):
        problems.add(place, "a resource is a mapping: ARM JSON, or {type: ..., name: ...}")
        return None
    whole = _from_template(body, place, templates, problems)
    if whole is None:
        return None
    item = canonical_json(whole)
    if not _text(item, "id").strip("/ "):
        named_item = _with_id(item, place, problems)
        return None if named_item is None else Resource(_known_later(named_item), origin)
    if not item["id"].startswith("/") or not (type_of_id(item["id"]) or _text(item, "type")):
        problems.add(place / "id", f"'{item['id']}' is no ARM id")
        return None
    return Resource(_known_later(item), origin)


def _from_template(body: Json, place: Place, templates: Mapping[str, Json], problems: Problems) -> Json | None:
    if "template" not in body:
        return body
    name = body["template"]
    if not isinstance(name, str) or name not in templates:
        problems.add(place / "template", f"there is no template '{name}'", suggestion(str(name), templates))
        return None
    return merged(templates[name], {key: value for key, value in body.items() if key != "template"})


def merged(base: Json, over: Json) -> Json:
    """Lay `over` on `base`: mappings are merged, a null takes a key away, anything else replaces."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _with_id(item: Json, place: Place, problems: Problems) -> Json | None:
    """Give a resource without an id one, of its type and name (`account/deployment`)."""
    item = dict(item)
    kind, name = _text(item, "type"), _text(item, "name")
    subscription = _text(item, "subscriptionId") or SUBSCRIPTION_ID
    home = f"/subscriptions/{subscription}"
    group = _text(item, "resourceGroup") or GROUP
    if kind.lower() in _CONTAINERS:
        is_group = kind.lower() == "resourcegroup"
        item["type"] = _CONTAINERS[kind.lower()]
        item["id"] = f"{home}/resourceGroups/{name or group}" if is_group else home
        item["name"] = name or (group if is_group else subscription)
        return item
    provider, *types = kind.strip("/").split("/")
    names = name.split("/") if name else []
    if not types or not provider:
        hint = "give an id, or a type such as Microsoft.Search/searchServices and a name"
        problems.add(place / "type" if kind else place, "a resource needs an id, or type and name", hint)
        return None
    if len(types) != len(names):
        problems.add(
            place / "name" if name else place,
            f"the name of a {kind} has {len(types)} {'part' if len(types) == 1 else 'parts'}, not {len(names)}",
            "/".join(f"<{word}>" for word in types),
        )
        return None
    pairs = "/".join(f"{word}/{part}" for word, part in zip(types, names, strict=True))
    return {**item, "id": f"{home}/resourceGroups/{group}/providers/{provider}/{pairs}", "name": names[-1]}


def _text(item: Json, key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _known_later(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _known_later(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_known_later(inner) for inner in value]
    return UNKNOWN if value == KNOWN_LATER else value


def named(word: str, resources: list[Resource]) -> list[Resource]:
    """Give the resources that `word` means: an id, else a full name (`account/deployment`), else a name."""
    folded = word.strip().lower()
    if folded.startswith("/"):
        return [resource for resource in resources if resource.key == folded.rstrip("/")]
    exact = [resource for resource in resources if full_name(resource).lower() == folded]
    return exact or [resource for resource in resources if resource.name.lower() == folded]


def full_name(resource: Resource) -> str:
    """Give a resource's name with those of its parents: `account/deployment`."""
    segments = resource.id.rstrip("/").rpartition("/providers/")[2].split("/")
    return "/".join(segments[2::2]) or resource.name
