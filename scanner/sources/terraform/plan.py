"""The resources of a plan or state, as `terraform show -json` prints them.

A plan is `{format_version, resource_changes[], configuration, prior_state, ...}`, a state `{format_version, values}`
(Terraform, JSON output format). Of a resource change: address, module_address, mode (managed, data), type, name,
index, change{actions[], before, after, after_unknown, after_sensitive}.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.sources.terraform import azapi
from scanner.sources.terraform.arguments import Arguments
from scanner.sources.terraform.mappings import MAPPINGS
from scanner.sources.terraform.mappings.mapping import Mapping

DELETE, FORGET, NO_OP = "delete", "forget", "no-op"
TEMPLATE_DEPLOYMENTS = frozenset(
    f"azurerm_{scope}_template_deployment" for scope in ("resource_group", "subscription", "management_group", "tenant")
)


@dataclass(eq=False, slots=True)
class Planned:
    """One resource instance of a plan.

    `address` is Terraform's, with indexes; `module` that of its module instance, "" for the root; `key` its own index
    as the address has it, such as `["gpt"]` or `[0]`. `mapping` is None where azgate has none. `before` is the state's.
    """

    address: str
    module: str
    type: str
    name: str
    key: str
    managed: bool
    actions: tuple[str, ...]
    arguments: Arguments
    before: Any
    pointer: str
    mapping: Mapping | None

    @property
    def stays(self) -> bool:
        """Whether the resource is there once the plan is applied."""
        return self.actions not in {(DELETE,), (FORGET,)}

    @property
    def makes(self) -> bool:
        """Whether it is a resource that stays, and no change of one that is elsewhere."""
        return self.stays and self.mapping is not None and self.type != azapi.UPDATE

    @property
    def changes(self) -> bool:
        """Whether the plan does anything to it."""
        return self.actions != (NO_OP,)


@dataclass(slots=True)
class Plan:
    """What a plan holds: resources that azgate looks at, how many others there are, and entries that are none."""

    resources: list[Planned] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


class Existing(NamedTuple):
    """A data source that was read when the plan was made, with its values."""

    type: str
    values: dict[str, Any]


def read_plan(document: dict[str, Any]) -> Plan:
    """Give the resources of a plan, or of a state, in which everything is as it is."""
    plan = Plan()
    for pointer, entry in _entries(document):
        change = entry.get("change") if isinstance(entry, dict) else None
        if not isinstance(change, dict):
            plan.strange.append(pointer)
            continue
        kind, address, name = entry.get("type"), entry.get("address"), entry.get("name")
        if not (isinstance(kind, str) and isinstance(address, str) and isinstance(name, str)):
            plan.strange.append(pointer)
            continue
        listed = change.get("actions")
        actions = tuple(listed) if isinstance(listed, list) and all(isinstance(one, str) for one in listed) else ()
        managed = entry.get("mode") != "data"
        mapping = MAPPINGS.get(kind) or azapi.mapping(kind, change)
        if mapping or kind in TEMPLATE_DEPLOYMENTS:
            plan.resources.append(_planned(entry, change, managed, actions, pointer, mapping))
        elif managed and actions not in {(DELETE,), (FORGET,)}:
            plan.others.append((address, kind))
    return plan


def _planned(
    entry: Any, change: Any, managed: bool, actions: tuple[str, ...], pointer: str, mapping: Mapping | None
) -> Planned:
    address, kind, name = entry["address"], entry["type"], entry["name"]
    module = entry.get("module_address")
    module = module if isinstance(module, str) else ""
    head = f"{module}.{kind}.{name}" if module else f"{kind}.{name}"
    if not managed:
        head = f"{module}.data.{kind}.{name}" if module else f"data.{kind}.{name}"
    arguments = Arguments(change.get("after"), change.get("after_unknown"), change.get("after_sensitive"))
    key = address[len(head) :] if address.startswith(head) else ""
    before = change.get("before")
    return Planned(address, module, kind, name, key, managed, actions, arguments, before, pointer, mapping)


def _entries(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    listed = document.get("resource_changes")
    if isinstance(listed, list):
        yield from ((f"/resource_changes/{index}", entry) for index, entry in enumerate(listed))
        return
    for pointer, module, entry in _state_resources(document.get("values"), "/values/root_module"):
        if isinstance(entry, dict) and entry.get("mode") != "data":
            change = {
                "actions": [NO_OP],
                "before": entry.get("values"),
                "after": entry.get("values"),
                "after_sensitive": entry.get("sensitive_values"),
            }
            yield pointer, {**entry, "module_address": module, "change": change}


def existing(document: dict[str, Any]) -> Iterator[Existing]:
    """Give the data sources that Terraform read: `prior_state` of a plan, `values` of a state."""
    state = document.get("prior_state")
    root = state.get("values") if isinstance(state, dict) else document.get("values")
    for _, _, entry in _state_resources(root, ""):
        if isinstance(entry, dict) and entry.get("mode") == "data":
            kind, values = entry.get("type"), entry.get("values")
            if isinstance(kind, str) and isinstance(values, dict):
                yield Existing(kind, values)


def _state_resources(state: Any, pointer: str) -> Iterator[tuple[str, str, Any]]:
    waiting = [(pointer, state.get("root_module") if isinstance(state, dict) else None)]
    while waiting:
        at, module = waiting.pop()
        if not isinstance(module, dict):
            continue
        address, listed = module.get("address"), module.get("resources")
        name = address if isinstance(address, str) else ""
        for index, entry in enumerate(listed if isinstance(listed, list) else ()):
            yield f"{at}/resources/{index}", name, entry
        children = module.get("child_modules")
        members = children if isinstance(children, list) else []
        waiting.extend((f"{at}/child_modules/{index}", child) for index, child in enumerate(members))
