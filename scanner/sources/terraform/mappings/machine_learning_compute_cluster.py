"""`azurerm_machine_learning_compute_cluster`: azurerm 3.117, 4.81, 5.2, docs/r/machine_learning_compute_cluster.

Everything in `scale_settings` is required. Defaults there: local_auth_enabled and node_public_ip_enabled true,
ssh_public_access_enabled false. `location` is where the nodes stand; from 4.x on the provider registers the cluster
in its workspace's region and sends it as `computeLocation`.
"""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body, negated, on_off
from scanner.sources.terraform.mappings.computes import COMPUTE, WORKSPACE, WORKSPACE_ARGUMENT, compute, subnet
from scanner.sources.terraform.mappings.mapping import Mapping


def _cluster(arguments: Arguments) -> Json:
    inner = body(
        vmSize=arguments.get("vm_size"),
        vmPriority=arguments.get("vm_priority"),
        scaleSettings=arguments.block("scale_settings", _scale),
        enableNodePublicIp=arguments.get("node_public_ip_enabled", True),
        remoteLoginPortPublicAccess=on_off(arguments.get("ssh_public_access_enabled", False)),
        subnet=subnet(arguments),
    )
    local_auth = negated(arguments.get("local_auth_enabled", True))
    return compute(arguments, "AmlCompute", inner, disableLocalAuth=local_auth)


def _scale(block: Arguments) -> Json:
    return body(
        minNodeCount=block.get("min_node_count"),
        maxNodeCount=block.get("max_node_count"),
        nodeIdleTimeBeforeScaleDown=block.get("scale_down_nodes_after_idle_duration"),
    )


MAPPING = Mapping(
    "azurerm_machine_learning_compute_cluster", COMPUTE, _cluster, parent=WORKSPACE_ARGUMENT, parent_type=WORKSPACE
)
