"""`azurerm_machine_learning_inference_cluster`: azurerm 3.117, 4.81, 5.2, docs/r/machine_learning_inference_cluster.

An attached Kubernetes cluster (computeType AKS). Default there: cluster_purpose FastProd.
"""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body
from scanner.sources.terraform.mappings.computes import COMPUTE, WORKSPACE, WORKSPACE_ARGUMENT, compute
from scanner.sources.terraform.mappings.mapping import Mapping


def _attached(arguments: Arguments) -> Json:
    inner = body(clusterPurpose=arguments.get("cluster_purpose", "FastProd"))
    return compute(arguments, "AKS", inner, resourceId=arguments.get("kubernetes_cluster_id"))


MAPPING = Mapping(
    "azurerm_machine_learning_inference_cluster",
    COMPUTE,
    _attached,
    parent=WORKSPACE_ARGUMENT,
    parent_type=WORKSPACE,
)
