"""Registries that workspaces share."""

from __future__ import annotations

from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.base import ArmList
from scanner.sources.azure.collectors.ml_workspaces import API_VERSION

REGISTRIES = ArmList(
    type="Microsoft.MachineLearningServices/registries",
    service=Service.MACHINE_LEARNING,
    api_version=API_VERSION,
    supplementary=True,
    in_resource_graph=True,
)
