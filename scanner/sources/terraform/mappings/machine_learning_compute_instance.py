"""`azurerm_machine_learning_compute_instance`: azurerm 3.117, 4.81, 5.2, docs/r/machine_learning_compute_instance.

Defaults there: local_auth_enabled and node_public_ip_enabled true. There is no argument for idle shutdown and none for
a schedule. `location` (3.x) has no effect: the instance stands where its workspace does.
"""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body, negated
from scanner.sources.terraform.mappings.computes import COMPUTE, WORKSPACE, WORKSPACE_ARGUMENT, compute, subnet
from scanner.sources.terraform.mappings.mapping import Mapping

_MISSING = "azurerm_machine_learning_compute_instance has no argument for it; set {} with azapi_update_resource"


def _instance(arguments: Arguments) -> Json:
    inner = body(
        vmSize=arguments.get("virtual_machine_size"),
        computeInstanceAuthorizationType=arguments.get("authorization_type"),
        personalComputeInstanceSettings=arguments.block("assign_to_user", _user),
        enableNodePublicIp=arguments.get("node_public_ip_enabled", True),
        subnet=subnet(arguments),
        sshSettings=arguments.block("ssh", lambda _: {"sshPublicAccess": "Enabled"}),
    )
    local_auth = negated(arguments.get("local_auth_enabled", True))
    made = compute(arguments, "ComputeInstance", inner, disableLocalAuth=local_auth)
    made.pop("location", None)
    made["properties"].pop("computeLocation", None)
    return made


def _user(block: Arguments) -> Json:
    return {"assignedUser": body(objectId=block.get("object_id"), tenantId=block.get("tenant_id"))}


MAPPING = Mapping(
    "azurerm_machine_learning_compute_instance",
    COMPUTE,
    _instance,
    parent=WORKSPACE_ARGUMENT,
    parent_type=WORKSPACE,
    caveats=tuple(
        (path, _MISSING.format(path))
        for path in ("properties.properties.idleTimeBeforeShutdown", "properties.properties.schedules")
    ),
)
