"""Clusters and compute instances of a workspace."""

from __future__ import annotations

from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.base import ArmList
from scanner.sources.azure.collectors.ml_workspaces import API_VERSION, WORKSPACE

COMPUTES = ArmList(
    type="Microsoft.MachineLearningServices/workspaces/computes",
    parent=WORKSPACE,
    service=Service.MACHINE_LEARNING,
    api_version=API_VERSION,
)
