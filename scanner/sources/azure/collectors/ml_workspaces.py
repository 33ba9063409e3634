"""Azure Machine Learning workspaces, Foundry hubs and hub-based projects among them."""

from __future__ import annotations

from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.base import ArmList

WORKSPACE = "microsoft.machinelearningservices/workspaces"
API_VERSION = "2025-12-01"
"""The stable SDK speaks 2020-08-01, which knows no jobs and no idle shutdown of compute instances."""

WORKSPACES = ArmList(
    type="Microsoft.MachineLearningServices/workspaces",
    service=Service.MACHINE_LEARNING,
    api_version=API_VERSION,
)
