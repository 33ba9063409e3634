"""Endpoints of a workspace and what is deployed behind them."""

from __future__ import annotations

from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.base import ArmList
from scanner.sources.azure.collectors.ml_workspaces import API_VERSION, WORKSPACE


def _endpoints(word: str, parent: str = WORKSPACE) -> ArmList:
    return ArmList(
        type=f"Microsoft.MachineLearningServices/workspaces/{word}",
        parent=parent,
        service=Service.MACHINE_LEARNING,
        api_version=API_VERSION,
        supplementary=True,
        in_resource_graph=True,
    )


ONLINE_ENDPOINTS = _endpoints("onlineEndpoints")
ONLINE_DEPLOYMENTS = _endpoints("onlineEndpoints/deployments", ONLINE_ENDPOINTS.type.lower())
SERVERLESS_ENDPOINTS = _endpoints("serverlessEndpoints")
BATCH_ENDPOINTS = _endpoints("batchEndpoints")
BATCH_DEPLOYMENTS = _endpoints("batchEndpoints/deployments", BATCH_ENDPOINTS.type.lower())
