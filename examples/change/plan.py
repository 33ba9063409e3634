"""The example change as `terraform show -json` prints its plan: azurerm 4 where it has a type, azapi where not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from estate import (
    ACCOUNT,
    BOT,
    COMPUTE,
    DEPLOYMENT,
    ENDPOINT,
    FABRIC,
    GROUP,
    GROUP_TYPE,
    SEARCH,
    SUBSCRIPTION,
    WORKSPACE,
    Json,
)

_AZURERM = "registry.terraform.io/hashicorp/azurerm"
_AZAPI = "registry.terraform.io/azure/azapi"
_GROUP = "azurerm_resource_group.support"
_LEARNING = "module.learning"


class _Planned(NamedTuple):
    """One resource of the plan: `unknown` are arguments known after apply, `refers` which resources they name."""

    type: str
    name: str
    after: Json
    unknown: Json
    refers: dict[str, str]
    index: str | None = None
    module: str = ""


def plan(resources: list[Json]) -> Json:
    """Give the plan: everything is created, the workspace and what is in it by a module."""
    planned = [_planned(one) for one in resources]
    root = [one for one in planned if not one.module]
    learning = [one for one in planned if one.module]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {
            "root_module": {
                "resources": [_value(one) for one in root],
                "child_modules": [{"address": _LEARNING, "resources": [_value(one) for one in learning]}],
            }
        },
        "resource_changes": [_change(one) for one in planned],
        "configuration": {
            "provider_config": {
                "azurerm": {
                    "name": "azurerm",
                    "full_name": _AZURERM,
                    "version_constraint": "~> 4.0",
                    "expressions": {"features": [{}], "subscription_id": {"constant_value": SUBSCRIPTION}},
                },
                "azapi": {"name": "azapi", "full_name": _AZAPI, "version_constraint": "~> 2.0"},
            },
            "root_module": {
                "resources": list(_configured(root)),
                "module_calls": {
                    "learning": {
                        "source": "./learning",
                        "expressions": {"resource_group_name": {"references": [f"{_GROUP}.name", _GROUP]}},
                        "module": {"resources": list(_configured(learning)), "variables": {"resource_group_name": {}}},
                    }
                },
            },
        },
    }


def _planned(resource: Json) -> _Planned:
    kind, name = resource["type"], resource["name"]
    make = {
        GROUP_TYPE: _group,
        ACCOUNT: _account,
        DEPLOYMENT: _deployment,
        WORKSPACE: _workspace,
        COMPUTE: _compute,
        ENDPOINT: _endpoint,
        f"{ENDPOINT}/deployments": _online_deployment,
        SEARCH: _search,
        BOT: _bot,
        FABRIC: _fabric,
    }[kind]
    return make(resource, name, {key: resource.get(key) for key in ("location", "tags")})


def _in_group(after: Json, name: str) -> Json:
    return {"name": name, "resource_group_name": GROUP, **after}


def _group(_: Json, name: str, common: Json) -> _Planned:
    return _Planned("azurerm_resource_group", "support", {"name": name, **common}, {"id": True}, {})


def _account(resource: Json, name: str, common: Json) -> _Planned:
    properties = resource["properties"]
    domain = {"custom_subdomain_name": properties["customSubDomainName"], "sku_name": resource["sku"]["name"]}
    after = _in_group(common | domain, name)
    where = {"resource_group_name": _GROUP}
    if resource["kind"] == "AIServices":
        after["local_authentication_enabled"] = not properties["disableLocalAuth"]
        return _Planned("azurerm_ai_services", "foundry", after, {"id": True, "endpoint": True}, where)
    after |= {"kind": resource["kind"], "local_auth_enabled": not properties["disableLocalAuth"]}
    return _Planned("azurerm_cognitive_account", "assistant", after, {"id": True, "endpoint": True}, where)


def _deployment(resource: Json, name: str, _: Json) -> _Planned:
    properties = resource["properties"]
    after = {
        "name": name,
        "model": [properties["model"]],
        "sku": [resource["sku"] | {"family": None, "size": None, "tier": None}],
        "rai_policy_name": properties.get("raiPolicyName"),
        "version_upgrade_option": properties["versionUpgradeOption"],
        "dynamic_throttling_enabled": None,
    }
    unknown = {"id": True, "cognitive_account_id": True, "model": [{}], "sku": [{}]}
    parent = {"cognitive_account_id": "azurerm_cognitive_account.assistant"}
    return _Planned("azurerm_cognitive_deployment", "model", after, unknown, parent, index=name)


def _workspace(resource: Json, name: str, common: Json) -> _Planned:
    extra = {"kind": resource["kind"], "sku_name": resource["sku"]["name"], "public_network_access_enabled": False}
    after = _in_group(common | extra, name)
    unknown = {"id": True, "workspace_id": True, "application_insights_id": True}
    where = {"resource_group_name": "var.resource_group_name"}
    return _Planned("azurerm_machine_learning_workspace", "this", after, unknown, where, module=_LEARNING)


_IN_WORKSPACE = {"machine_learning_workspace_id": "azurerm_machine_learning_workspace.this"}
_UNKNOWN_WORKSPACE = {"id": True, "machine_learning_workspace_id": True}


def _compute(resource: Json, name: str, common: Json) -> _Planned:
    settings = resource["properties"]["properties"]
    word = name.replace("-", "_")
    if resource["properties"]["computeType"] == "AmlCompute":
        scale = settings["scaleSettings"]
        after = {
            "name": name,
            **common,
            "vm_size": settings["vmSize"],
            "vm_priority": settings["vmPriority"],
            "scale_settings": [
                {
                    "min_node_count": scale["minNodeCount"],
                    "max_node_count": scale["maxNodeCount"],
                    "scale_down_nodes_after_idle_duration": scale["nodeIdleTimeBeforeScaleDown"],
                }
            ],
        }
        kind = "azurerm_machine_learning_compute_cluster"
        return _Planned(kind, word, after, _UNKNOWN_WORKSPACE, _IN_WORKSPACE, module=_LEARNING)
    if "idleTimeBeforeShutdown" in settings:
        return _azapi(resource, word, "azurerm_machine_learning_workspace.this")
    after = {"name": name, "virtual_machine_size": settings["vmSize"], "tags": common["tags"]}
    kind = "azurerm_machine_learning_compute_instance"
    return _Planned(kind, word, after, _UNKNOWN_WORKSPACE, _IN_WORKSPACE, module=_LEARNING)


def _azapi(resource: Json, word: str, parent: str) -> _Planned:
    body = {key: resource[key] for key in ("sku", "kind", "properties") if key in resource}
    after = {
        "type": f"{resource['type']}@2025-06-01",
        "name": resource["name"],
        "location": resource.get("location"),
        "tags": resource.get("tags"),
        "body": body,
    }
    unknown = {"id": True, "output": True, "parent_id": True, "body": {}}
    return _Planned("azapi_resource", word, after, unknown, {"parent_id": parent}, module=_LEARNING)


def _endpoint(resource: Json, _: str, __: Json) -> _Planned:
    return _azapi(resource, "triage", "azurerm_machine_learning_workspace.this")


def _online_deployment(resource: Json, _: str, __: Json) -> _Planned:
    return _azapi(resource, "triage_blue", "azapi_resource.triage")


def _search(resource: Json, name: str, common: Json) -> _Planned:
    size = {
        "sku": resource["sku"]["name"],
        "replica_count": resource["properties"]["replicaCount"],
        "partition_count": resource["properties"]["partitionCount"],
    }
    where = {"resource_group_name": _GROUP}
    return _Planned("azurerm_search_service", "this", _in_group(common | size, name), {"id": True}, where)


def _bot(resource: Json, name: str, common: Json) -> _Planned:
    after = _in_group(common | {"sku": resource["sku"]["name"]}, name)
    where = {"resource_group_name": _GROUP}
    return _Planned("azurerm_bot_service_azure_bot", "this", after, {"id": True, "microsoft_app_id": True}, where)


def _fabric(resource: Json, name: str, common: Json) -> _Planned:
    after = _in_group(common | {"sku": [resource["sku"]], "administration_members": []}, name)
    where = {"resource_group_name": _GROUP}
    return _Planned("azurerm_fabric_capacity", "this", after, {"id": True, "sku": [{}]}, where)


def _address(one: _Planned) -> str:
    index = f'["{one.index}"]' if one.index else ""
    return f"{one.module}{'.' if one.module else ''}{one.type}.{one.name}{index}"


def _provider(one: _Planned) -> str:
    return _AZAPI if one.type.startswith("azapi_") else _AZURERM


def _head(one: _Planned) -> Json:
    head = {"address": _address(one), "mode": "managed", "type": one.type, "name": one.name}
    return head | ({"index": one.index} if one.index else {}) | {"provider_name": _provider(one)}


def _value(one: _Planned) -> Json:
    return _head(one) | {"schema_version": 0, "values": one.after, "sensitive_values": {}}


def _change(one: _Planned) -> Json:
    head = _head(one)
    place = {"module_address": one.module} if one.module else {}
    change: Json = {
        "actions": ["create"],
        "before": None,
        "after": one.after,
        "after_unknown": one.unknown,
        "before_sensitive": False,
        "after_sensitive": {},
    }
    return {"address": head.pop("address"), **place, **head, "change": change}


def _configured(planned: list[_Planned]) -> Iterator[Json]:
    """Give what the configuration holds: one entry for all instances of a resource."""
    seen: set[tuple[str, str]] = set()
    for one in planned:
        if (one.type, one.name) in seen:
            continue
        seen.add((one.type, one.name))
        expressions: dict[str, Any] = {key: {"references": _references(target)} for key, target in one.refers.items()}
        constants = {key: value for key, value in one.after.items() if isinstance(value, str) and key not in one.refers}
        expressions |= {key: {"constant_value": value} for key, value in constants.items() if not one.index}
        each = {"for_each_expression": {"references": ["var.models"]}} if one.index else {}
        head = {"address": f"{one.type}.{one.name}", "mode": "managed", "type": one.type, "name": one.name}
        provider = one.type.partition("_")[0]
        yield head | {"provider_config_key": provider, "expressions": expressions, "schema_version": 0} | each


def _references(target: str) -> list[str]:
    if target.startswith("var."):
        return [target]
    return [f"{target}.{'name' if target == _GROUP else 'id'}", target]
