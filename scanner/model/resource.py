"""One Azure thing in ARM JSON shape, and the grammar of its id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scanner.model.values import Json

SUBSCRIPTION = "microsoft.resources/subscriptions"
RESOURCE_GROUP = "microsoft.resources/subscriptions/resourcegroups"
CONTAINERS = frozenset({SUBSCRIPTION, RESOURCE_GROUP})

_TOP_LEVEL = (
    "id",
    "name",
    "type",
    "location",
    "tags",
    "kind",
    "sku",
    "identity",
    "properties",
    "systemData",
    "zones",
)
_SPELLING = {word.lower(): word for word in _TOP_LEVEL}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a resource was read.

    `source` names the reader ("azure", "snapshot", "arm-json", ...); `file` is the path as the user gave
    it ("-" for standard input), `pointer` a JSON pointer into it, `line` counts from 1. `address` is what the
    input itself calls the resource, with its module (Terraform), "" where it calls it nothing. `declared` says
    that this is what somebody wants (a template, a plan), where an absent property means the provider's
    default, and not what Azure reported. `judged` is false for what is there only to be looked at: it gets
    no finding. `caveats` are (path, sentence): what a reader of a finding about that path, such as
    `properties.properties.idleTimeBeforeShutdown`, has to know of the input. `locate` gives the line of such a path,
    None where it has none; it stands for files that somebody writes, where a finding shall name the line to change.
    """

    source: str
    file: str | None = None
    pointer: str | None = None
    line: int | None = None
    declared: bool = False
    address: str = ""
    judged: bool = True
    caveats: tuple[tuple[str, str], ...] = ()
    locate: Callable[[str], int | None] | None = field(default=None, repr=False, compare=False)


def normalise_id(resource_id: str) -> str:
    """Give the spelling by which ids are compared: lower case, no trailing slash, one leading slash."""
    return "/" + resource_id.strip().strip("/").lower()


def type_of_id(resource_id: str) -> str:
    """Give the ARM type an id names, in the id's own spelling; "" where it names none.

    `/subscriptions/s/resourceGroups/g/providers/Microsoft.X/a/n/b/m` gives `Microsoft.X/a/b`; the
    last `providers` segment counts, so that extension resources get their own type.
    """
    parts = [part for part in resource_id.split("/") if part]
    lowered = [part.lower() for part in parts]
    if "providers" in lowered:
        at = len(lowered) - 1 - lowered[::-1].index("providers")
        rest = parts[at + 1 :]
        return "/".join([rest[0], *rest[1::2]]) if len(rest) >= 2 else ""
    if lowered[:1] == ["subscriptions"] and len(parts) == 2:
        return "Microsoft.Resources/subscriptions"
    if lowered[:1] == ["subscriptions"] and lowered[2:3] == ["resourcegroups"] and len(parts) == 4:
        return "Microsoft.Resources/subscriptions/resourceGroups"
    return ""


def parent_key(key: str) -> str | None:
    """Give the normalised id of the resource that `key` lies in, None for a top-level resource."""
    head, providers, tail = key.rpartition("/providers/")
    segments = tail.split("/")
    return f"{head}/providers/{'/'.join(segments[:-2])}" if providers and len(segments) > 3 else None


def normalise_location(location: str) -> str:
    """Give a region's name as Azure's APIs spell it: "East US 2" and "eastus2" are one."""
    return "".join(location.split()).lower()


class Resource:
    """A resource: Azure's own JSON plus what is looked up often.

    `json` is never changed. `key` is the normalised id, `type` the ARM type in lower case, `name` the last of a
    child's names: templates and some APIs say `account/deployment` where others say `deployment`.
    """

    __slots__ = ("id", "json", "key", "name", "origin", "type")

    def __init__(self, json: Json, origin: Origin) -> None:
        """Take a JSON object that has an `id`; `type` and `name` are derived from the id where absent."""
        self.json = json
        self.id: str = json["id"]
        self.key = normalise_id(self.id)
        declared_type = json.get("type")
        derived = declared_type if isinstance(declared_type, str) and "/" in declared_type else type_of_id(self.id)
        self.type = _ALIASES.get(derived.lower(), derived.lower())
        self.name: str = _name(json.get("name"), self.id.rstrip("/").rpartition("/")[2])
        self.origin = origin

    @property
    def subscription_id(self) -> str:
        """The subscription's id, in lower case; "" for a resource outside any subscription."""
        parts = self.key.split("/")
        return parts[2] if len(parts) > 2 and parts[1] == "subscriptions" else ""

    @property
    def resource_group(self) -> str:
        """The resource group's name in the id's own spelling; "" where there is none."""
        parts = self.id.strip("/").split("/")
        return parts[3] if len(parts) > 3 and parts[2].lower() == "resourcegroups" else ""

    @property
    def location(self) -> str:
        """The location as Azure spelled it; "" where the resource has none."""
        value = self.json.get("location")
        return value if isinstance(value, str) else ""

    @property
    def tags(self) -> dict[str, Any]:
        """The resource's own tags; {} where there are none."""
        value = self.json.get("tags")
        return value if isinstance(value, dict) else {}

    def __repr__(self) -> str:
        return f"Resource({self.id!r})"


def _name(name: Any, last: str) -> str:
    if not isinstance(name, str) or not name:
        return last
    return last if "/" in name and name.lower().endswith(f"/{last.lower()}") else name


_ALIASES = {"microsoft.resources/resourcegroups": RESOURCE_GROUP}


def canonical_json(item: Json) -> Json:
    """Give `item` with its top-level keys in ARM's spelling.

    PowerShell's `Get-AzResource | ConvertTo-Json` capitalises them and adds `ResourceId`; everything
    below the top level is left as it is (paths are looked up in any case).
    """
    if "id" in item and "properties" in item and "name" in item:
        return item
    result: Json = {}
    for key, value in item.items():
        wanted = _SPELLING.get(key.lower(), key)
        if wanted not in result or key == wanted:
            result[wanted] = value
    if not isinstance(result.get("id"), str):
        for key, value in item.items():
            if key.lower() == "resourceid" and isinstance(value, str):
                result["id"] = value
    return result
