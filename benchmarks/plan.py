"""How fast a Terraform plan is scanned, against `json.load` of the same file.

    python -m benchmarks.plan [--resources 20000] [--rounds 3] [--ai 1.0]

The plan is generated as `terraform show -json` prints it: planned_values beside resource_changes, and a configuration
with references. Accounts are made by the same plan, so every deployment's account is found by reference. `--ai` is
the share of resources of AI types; the rest are network interfaces. The scan is the whole of `azgate scan`, in this
process: reading, recognising, all built-in rules, and the console report. Both sides are measured in CPU time.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from scanner.cli import main as azgate

TAGS = {"environment": "dev", "team": "search", "workload": "assistant", "cost-center": "1234"}
DEPLOYMENTS, COMPUTES = 7, 8
"""Of each account and each workspace."""


def entry(kind: str, name: str, key: str, after: dict[str, Any], unknown: dict[str, Any]) -> dict[str, Any]:
    change = {
        "actions": ["create"],
        "before": None,
        "after": {**after, "timeouts": None},
        "after_unknown": {"id": True, **unknown},
        "before_sensitive": False,
        "after_sensitive": {"tags": {}} if "tags" in after else {},
    }
    return {
        "address": f'module.ai.{kind}.{name}["{key}"]',
        "module_address": "module.ai",
        "mode": "managed",
        "type": kind,
        "name": name,
        "index": key,
        "provider_name": "registry.terraform.io/hashicorp/azurerm",
        "change": change,
    }


def account(index: int) -> list[dict[str, Any]]:
    top = {"name": f"acct-{index}", "resource_group_name": "rg-ai", "location": "swedencentral", "tags": TAGS}
    after = {**top, "kind": "OpenAI", "sku_name": "S0", "local_auth_enabled": index % 3 > 0, "network_acls": []}
    unknown = {"endpoint": True, "primary_access_key": True, "network_acls": [], "tags": {}}
    found = [entry("azurerm_cognitive_account", "this", str(index), after, unknown)]
    for number in range(DEPLOYMENTS):
        body = {
            "name": f"gpt-{number}",
            "model": [{"format": "OpenAI", "name": "gpt-4o", "version": "2024-11-20"}],
            "sku": [{"name": "GlobalStandard", "capacity": 20 * number, "tier": None, "size": None, "family": None}],
            "rai_policy_name": None,
            "version_upgrade_option": "OnceNewDefaultVersionAvailable",
            "dynamic_throttling_enabled": None,
        }
        marks = {"cognitive_account_id": True, "model": [{}], "sku": [{}]}
        found.append(entry("azurerm_cognitive_deployment", f"d{number}", str(index), body, marks))
    return found


def workspace(index: int) -> list[dict[str, Any]]:
    top = {"name": f"ws-{index}", "resource_group_name": "rg-ai", "location": "swedencentral", "tags": TAGS}
    after = {
        **top,
        "kind": "Default",
        "sku_name": "Basic",
        "identity": [{"identity_ids": None, "type": "SystemAssigned"}],
    }
    found = [entry("azurerm_machine_learning_workspace", "this", str(index), after, {"identity": [{}], "tags": {}})]
    for number in range(COMPUTES):
        scale = {
            "max_node_count": 4,
            "min_node_count": number % 3,
            "scale_down_nodes_after_idle_duration": "PT30S",
        }
        body = {
            "name": f"cpu-{number}",
            "location": "swedencentral",
            "vm_priority": "Dedicated",
            "vm_size": "Standard_DS3_v2",
            "scale_settings": [scale],
            "identity": [],
            "tags": None,
        }
        marks = {"machine_learning_workspace_id": True, "scale_settings": [{}], "identity": []}
        found.append(entry("azurerm_machine_learning_compute_cluster", f"c{number}", str(index), body, marks))
    return found


def interface(index: int) -> list[dict[str, Any]]:
    address = {"name": "internal", "private_ip_address_allocation": "Dynamic", "private_ip_address_version": "IPv4"}
    after = {"name": f"nic-{index}", "resource_group_name": "rg", "ip_configuration": [address], "tags": TAGS}
    unknown = {"applied_dns_servers": True, "ip_configuration": [{"subnet_id": True}], "mac_address": True}
    return [entry("azurerm_network_interface", "this", str(index), after, unknown)]


def configuration() -> dict[str, Any]:
    def written(kind: str, name: str, **expressions: Any) -> dict[str, Any]:
        return {
            "address": f"{kind}.{name}",
            "mode": "managed",
            "type": kind,
            "name": name,
            "provider_config_key": "azurerm",
            "expressions": expressions,
            "for_each_expression": {"references": ["var.all"]},
        }

    def parent(kind: str) -> dict[str, Any]:
        return {"references": [f"{kind}.this", "each.key"]}

    resources = [
        written("azurerm_cognitive_account", "this"),
        written("azurerm_machine_learning_workspace", "this"),
        *(
            written("azurerm_cognitive_deployment", f"d{n}", cognitive_account_id=parent("azurerm_cognitive_account"))
            for n in range(DEPLOYMENTS)
        ),
        *(
            written(
                "azurerm_machine_learning_compute_cluster",
                f"c{n}",
                machine_learning_workspace_id=parent("azurerm_machine_learning_workspace"),
            )
            for n in range(COMPUTES)
        ),
    ]
    calls = {"ai": {"source": "./ai", "module": {"resources": resources}}}
    return {"provider_config": {"azurerm": {"name": "azurerm"}}, "root_module": {"module_calls": calls}}


def make_plan(count: int, share: float) -> dict[str, Any]:
    changes: list[dict[str, Any]] = []
    index = 0
    while len(changes) < count * share:
        changes += account(index) + workspace(index)
        index += 1
    while len(changes) < count:
        changes += interface(len(changes))
    changes = changes[:count]
    keep = ("address", "mode", "type", "name", "index", "provider_name")
    planned = [{**{key: one[key] for key in keep}, "values": one["change"]["after"]} for one in changes]
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"child_modules": [{"address": "module.ai", "resources": planned}]}},
        "resource_changes": changes,
        "configuration": configuration(),
        "applyable": True,
        "complete": True,
        "errored": False,
    }


def seconds(work: Any) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def load(path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        json.load(file)


def scan(path: Path) -> None:
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())), contextlib.redirect_stderr(io.StringIO()):
        code = azgate(["scan", str(path)])
    if code not in {0, 1, 3}:
        raise SystemExit(f"the scan ended with exit code {code}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resources", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ai", type=float, default=1.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        path.write_text(json.dumps(make_plan(options.resources, options.ai), indent=None), "utf-8")
        loads, scans = [], []
        for _ in range(options.rounds):
            loads.append(seconds(lambda: load(path)))
            scans.append(seconds(lambda: scan(path)))
        loaded, scanned = statistics.median(loads), statistics.median(scans)
        size = path.stat().st_size / 1e6
        print(f"{options.resources:,} resources, {size:.1f} MB, {options.ai:.0%} of AI types")
        print(f"json.load {loaded:6.2f} s\nazgate    {scanned:6.2f} s   {scanned / loaded:.1f} times")


if __name__ == "__main__":
    main()
