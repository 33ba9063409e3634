"""Small plans in the shape in which `terraform show -json` prints them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.model.inventory import Inventory
from scanner.model.resource import Resource
from scanner.sources import terraform
from scanner.sources.options import ReadOptions
from tests.factories import SUBSCRIPTION, json_document


class PlanBuilder:
    """Collects resource changes and the configuration that they come from."""

    def __init__(self) -> None:
        self.value: dict[str, Any] = {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "variables": {},
            "planned_values": {"root_module": {}},
            "resource_changes": [],
            "configuration": {
                "provider_config": {
                    "azurerm": {
                        "name": "azurerm",
                        "full_name": "registry.terraform.io/hashicorp/azurerm",
                        "expressions": {
                            "features": [{}],
                            "subscription_id": {"constant_value": SUBSCRIPTION},
                        },
                    }
                },
                "root_module": {},
            },
            "applyable": True,
            "complete": True,
            "errored": False,
        }

    @property
    def provider(self) -> dict[str, Any]:
        expressions: dict[str, Any] = self.value["configuration"]["provider_config"]["azurerm"]["expressions"]
        return expressions

    def module(self, path: str = "") -> dict[str, Any]:
        """Give the configuration of a module: `ai.inner` is that of module.ai.module.inner."""
        found: dict[str, Any] = self.value["configuration"]["root_module"]
        for name in path.split(".") if path else ():
            found = found.setdefault("module_calls", {}).setdefault(name, {}).setdefault("module", {})
        return found

    def call(self, path: str, each: list[str] | None = None, **references: Any) -> None:
        """Say what a module is called with: lists are references, everything else a constant."""
        above, _, name = path.rpartition(".")
        self.module(path)
        call = self.module(above)["module_calls"][name]
        call |= {"source": f"./{name}", "expressions": {key: _expression(one) for key, one in references.items()}}
        if each is not None:
            call["for_each_expression"] = {"references": each}

    def output(self, path: str, name: str, *references: str) -> None:
        self.module(path).setdefault("outputs", {})[name] = {"expression": {"references": list(references)}}

    def add(
        self,
        kind: str,
        name: str,
        after: Any = None,
        /,
        *,
        key: str | int | None = None,
        module: str = "",
        actions: tuple[str, ...] = ("create",),
        before: Any = None,
        unknown: Any = None,
        sensitive: Any = None,
        each: Any = None,
        mode: str = "managed",
        **references: Any,
    ) -> str:
        """Add a resource and, once, its configuration. Without `unknown` its id is known only after apply."""
        address = ".".join(part for part in (module, "data" if mode == "data" else "", kind, name) if part)
        address += "" if key is None else f"[{json.dumps(key)}]"
        unknown = {"id": True} if unknown is None and "create" in actions else unknown or {}
        change = {
            "actions": list(actions),
            "before": before,
            "after": after,
            "after_unknown": unknown,
            "before_sensitive": False,
            "after_sensitive": sensitive or {},
        }
        entry: dict[str, Any] = {"address": address, "mode": mode, "type": kind, "name": name}
        entry |= {"module_address": module} if module else {}
        entry |= {} if key is None else {"index": key}
        provider = "Azure/azapi" if kind.startswith("azapi") else "hashicorp/azurerm"
        self.value["resource_changes"].append(
            {**entry, "provider_name": f"registry.terraform.io/{provider}", "change": change}
        )
        self._configure(module, kind, name, mode, each, references)
        return address

    def _configure(self, module: str, kind: str, name: str, mode: str, each: Any, references: Any) -> None:
        path = ".".join(part.partition("[")[0] for part in module.split("module.") if part).replace("..", ".")
        listed = self.module(path).setdefault("resources", [])
        if any((one["mode"], one["type"], one["name"]) == (mode, kind, name) for one in listed):
            return
        written = {
            "address": f"{kind}.{name}",
            "mode": mode,
            "type": kind,
            "name": name,
            "provider_config_key": "azurerm",
            "expressions": {key: _expression(one) for key, one in references.items()},
        }
        if each is not None:
            written["for_each_expression"] = _expression(each)
        listed.append(written)

    def existing(self, kind: str, values: dict[str, Any]) -> None:
        """Add a data source that was read."""
        state = self.value.setdefault("prior_state", {"format_version": "1.0", "values": {"root_module": {}}})
        listed = state["values"]["root_module"].setdefault("resources", [])
        listed.append({"address": f"data.{kind}.x", "mode": "data", "type": kind, "name": "x", "values": values})

    def read(self, **options: Any) -> Inventory:
        # By way of JSON, as a file: what is in a plan is nothing but JSON.
        document = json_document(json.loads(json.dumps(self.value)), "plan.json")
        return terraform.read(document, ReadOptions(**options))

    def only(self, **options: Any) -> Resource:
        """Read, and give the only judged resource."""
        found = [one for one in self.read(**options).resources if one.origin.judged]
        assert len(found) == 1, [one.id for one in found]
        return found[0]


def _expression(written: Any) -> dict[str, Any]:
    return {"references": written} if isinstance(written, list) else {"constant_value": written}


@pytest.fixture
def plan() -> PlanBuilder:
    return PlanBuilder()
