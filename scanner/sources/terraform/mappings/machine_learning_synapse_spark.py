"""`azurerm_machine_learning_synapse_spark`: azurerm 3.117, 4.81, 5.2, docs/r/machine_learning_synapse_spark.

An attached Spark pool (computeType SynapseSpark). Default there: local_auth_enabled true.
"""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, negated
from scanner.sources.terraform.mappings.computes import COMPUTE, WORKSPACE, WORKSPACE_ARGUMENT, compute
from scanner.sources.terraform.mappings.mapping import Mapping


def _attached(arguments: Arguments) -> Json:
    return compute(
        arguments,
        "SynapseSpark",
        None,
        resourceId=arguments.get("synapse_spark_pool_id"),
        disableLocalAuth=negated(arguments.get("local_auth_enabled", True)),
    )


MAPPING = Mapping(
    "azurerm_machine_learning_synapse_spark", COMPUTE, _attached, parent=WORKSPACE_ARGUMENT, parent_type=WORKSPACE
)
