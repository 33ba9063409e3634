"""The ARM id of each planned resource: its own where Terraform knows it, else made of what it lies in and its name.

What Terraform itself will know only after apply is taken from the resource that an argument refers to. Where that is
not certain, the id says so: such a parent is in no inventory, and what depends on it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.model.values import UNKNOWN
from scanner.sources.options import NO_SUBSCRIPTION, ReadOptions
from scanner.sources.terraform.configuration import Configuration
from scanner.sources.terraform.mappings.mapping import GROUP, SUBSCRIPTION, Mapping
from scanner.sources.terraform.plan import Existing, Planned
from scanner.sources.terraform.references import References

UNKNOWN_GROUP = "(unknown)"
_GROUP_ARGUMENT = "resource_group_name"


def known_id(mapping: Mapping | None, values: Any) -> str:
    """Give the ARM id that a resource has in `values`, Terraform's as they are; "" where it has none."""
    found = values.get(_id_argument(mapping)) if isinstance(values, dict) else None
    return _scope(found) if isinstance(found, str) and found else ""


def _scope(written: str) -> str:
    """Give the id of a scope that may be written as the bare GUID of a subscription."""
    return written.rstrip("/") if written.startswith("/") else f"/subscriptions/{written}"


class Identities:
    """Ids of the resources of one plan."""

    def __init__(self, configuration: Configuration, planned: list[Planned], options: ReadOptions) -> None:
        self._configuration = configuration
        makers = [one for one in planned if one.makes and one.arguments.get(_id_argument(one.mapping)) is UNKNOWN]
        self._references = References(configuration, makers)
        self._options = options
        self._ids: dict[str, str] = {}
        self._subscriptions: dict[tuple[str, str, str], str] = {}
        self._common = ""

    def see(self, planned: Iterable[Planned], found: Iterable[Existing]) -> None:
        """Learn which subscription a provider works in that does not say it: that of ids and of all other providers.

        Where the plan names none at all, it is that of the context.
        """
        known = {
            identity.split("/")[2]
            for one in planned
            for identity in (known_id(one.mapping, one.before),)
            if identity.startswith("/subscriptions/")
        }
        named = (one.values.get("subscription_id") for one in found if one.type in _ABOUT_SUBSCRIPTION)
        known |= {value for value in named if isinstance(value, str) and value}
        known |= {value for value in self._configuration.providers("subscription_id") if value}
        only = len({one.lower() for one in known}) == 1
        self._common = known.pop() if only else "" if known else self._options.context_subscription

    def of(self, planned: Planned) -> str:
        """Give the resource's id."""
        if planned.address not in self._ids:
            # A plan that refers in a circle is none that Terraform wrote; it shall not be followed for ever.
            self._ids[planned.address] = f"/subscriptions/{NO_SUBSCRIPTION}"
            self._ids[planned.address] = self._known(planned) or self.placed(planned)
        return self._ids[planned.address]

    def target(self, planned: Planned) -> str:
        """Give the id of what an azapi_update_resource changes; "" where that is not certain."""
        written = planned.arguments.get("resource_id")
        if isinstance(written, str):
            return _scope(written)
        if planned.arguments.text("name") and planned.arguments.get("parent_id") is not None:
            return self.placed(planned)
        arm = planned.mapping.arm if planned.mapping else ""
        found = self._references.find(planned, "resource_id", arm)
        return self.of(found) if found else ""

    def placed(self, planned: Planned) -> str:
        """Make the id of the resource's parent and name."""
        mapping = planned.mapping
        if mapping is None:
            return self.scope(planned)
        name = planned.arguments.text(mapping.name) or _placeholder(planned.address)
        if mapping.arm == SUBSCRIPTION:
            return f"/subscriptions/{name}"
        parent = self._parent(planned, mapping)
        if mapping.sibling:
            parent = "/".join(parent.split("/")[:5])
        if mapping.arm == GROUP:
            return f"{parent}/resourceGroups/{name}"
        above, _, last = mapping.arm.rpartition("/")
        inside = above.lower() == mapping.parent_type.lower() and "/" in above
        return f"{parent}/{last}/{name}" if inside else f"{parent}/providers/{mapping.arm}/{name}"

    def scope(self, planned: Planned) -> str:
        """Give the id of what a template deployment deploys to; "" for the tenant."""
        if planned.type.startswith("azurerm_resource_group_"):
            return self._group(planned)
        if planned.type.startswith("azurerm_subscription_"):
            return self.subscription(planned)
        return planned.arguments.text("management_group_id")

    def _known(self, planned: Planned) -> str:
        value = planned.arguments.get(_id_argument(planned.mapping))
        return _scope(value) if isinstance(value, str) else ""

    def _parent(self, planned: Planned, mapping: Mapping) -> str:
        if not mapping.parent:
            return self.subscription(planned) if mapping.arm == GROUP else self._group(planned)
        written = planned.arguments.get(mapping.parent)
        if isinstance(written, str):
            return "" if written == "/" else _scope(written)
        if written is None and mapping.parent_type == SUBSCRIPTION:
            return self.subscription(planned)
        found = self._references.find(planned, mapping.parent, mapping.parent_type)
        if found is None and mapping.parent_type == GROUP:
            # Where a resource of the top level is an extension, it may lie in anything.
            found = self._references.find(planned, mapping.parent, "")
        return self.of(found) if found else self._nowhere(planned, mapping)

    def _group(self, planned: Planned) -> str:
        name = planned.arguments.get(_GROUP_ARGUMENT)
        if isinstance(name, str):
            return f"{self.subscription(planned)}/resourceGroups/{name}"
        found = self._references.find(planned, _GROUP_ARGUMENT, GROUP)
        return self.of(found) if found else f"{self.subscription(planned)}/resourceGroups/{UNKNOWN_GROUP}"

    def _nowhere(self, planned: Planned, mapping: Mapping) -> str:
        subscription = self.subscription(planned)
        if mapping.parent_type == SUBSCRIPTION:
            return subscription
        group = f"{subscription}/resourceGroups/{UNKNOWN_GROUP}"
        if mapping.parent_type == GROUP:
            return group
        provider, *types = mapping.parent_type.split("/")
        name = f"(unknown parent of {_placeholder(planned.address)})"
        return f"{group}/providers/{provider}/{'/'.join(f'{kind}/{name}' for kind in types)}"

    def subscription(self, planned: Planned) -> str:
        """Give the subscription that the resource's provider works in, as an id."""
        key = (planned.module, planned.type, planned.name)
        if key not in self._subscriptions:
            written = self._configuration.provider(planned, "subscription_id")
            chosen = written if isinstance(written, str) and written else self._options.subscription or self._common
            self._subscriptions[key] = _scope(chosen or NO_SUBSCRIPTION)
        return self._subscriptions[key]


_ABOUT_SUBSCRIPTION = frozenset({"azurerm_client_config", "azurerm_subscription", "azapi_client_config"})


def _id_argument(mapping: Mapping | None) -> str:
    return mapping.id_argument if mapping else "id"


def _placeholder(address: str) -> str:
    """Give an address as one segment of an id: it stands for a name that is not known yet."""
    return address.replace("/", "%2F")


def lies_nowhere(identity: str) -> bool:
    """Say whether an id names a resource group that is not known."""
    return f"/resourceGroups/{UNKNOWN_GROUP}" in identity
