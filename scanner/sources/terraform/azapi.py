"""azapi: resources that already have ARM's form.

`azapi_resource` has `type` ("Microsoft.X/y@apiVersion"), name, parent_id, location, tags, identity and `body`: a JSON
text in azapi 1.x, an object in 2.x (docs/resources/resource.md of azapi 1.15 and 2.12). `azapi_update_resource` has
`resource_id`, or name and parent_id, and a `body` that is merged into what is there. Bodies that Terraform calls
sensitive, and what is named like a secret in any body, are not kept.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from functools import lru_cache
from typing import Any

from scanner.errors import SourceError
from scanner.model.secrets import without_secrets
from scanner.model.values import UNKNOWN, Json
from scanner.sources.json_document import parse_json
from scanner.sources.terraform.arguments import Arguments
from scanner.sources.terraform.mappings.mapping import GROUP, SUBSCRIPTION, Mapping, identity

RESOURCE, UPDATE = "azapi_resource", "azapi_update_resource"
_GROUPS = frozenset({"microsoft.resources/resourcegroups", GROUP.lower()})
_UNKNOWN_BODY = {"kind": UNKNOWN, "sku": UNKNOWN, "properties": UNKNOWN}
_PLACE = frozenset({"id", "name", "type"})


def mapping(kind: str, change: Dictionary[str, Any]) -> Mapping | None:
    """Give the mapping of an azapi resource by the ARM type it names; None where there is none."""
    if kind not in {RESOURCE, UPDATE}:
        return None
    values = change.get("after") or change.get("before")
    written = values.get("type") if isinstance(values, dict) else None
    return _mapping(kind, written) if isinstance(written, str) else None


@lru_cache(maxsize=256)
def _mapping(kind: str, written: str) -> Mapping | None:
    arm = written.partition("@")[0].strip("/")
    if "/" not in arm:
        return None
    if arm.lower() in _GROUPS:
        return Mapping(kind, GROUP, contents, parent="parent_id", parent_type=SUBSCRIPTION)
    above = arm.rpartition("/")[0]
    return Mapping(kind, arm, contents, parent="parent_id", parent_type=above if "/" in above else GROUP)


def contents(arguments: Arguments) -> Json:
    """Give the resource's JSON as far as the plan knows it, without what says where it is."""
    written = _body(arguments.get("body"))
    made = {name: value for name, value in written.items() if name not in _PLACE and value is not None}
    outside = {
        "location": arguments.get("location"),
        "tags": arguments.get("tags"),
        "identity": identity(arguments),
    }
    return {**made, **{name: value for name, value in outside.items() if value is not None}}


def _body(written: Any) -> Json:
    if isinstance(written, str):
        try:
            written = parse_json(written.encode(), "body")
        except SourceError:
            return _UNKNOWN_BODY
    if isinstance(written, dict):
        cleaned: Json = without_secrets(written)
        return cleaned
    return _UNKNOWN_BODY if written is UNKNOWN else {}


def merged(old: Any, new: Any) -> Any:
    """Give what azapi sends for an update: objects are merged, everything else is replaced."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{name: merged(old.get(name), value) for name, value in new.items()}}
    return new
