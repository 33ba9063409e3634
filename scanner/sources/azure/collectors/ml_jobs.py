"""Jobs of a workspace. Azure filters them neither by status nor by time: all pages are read."""

from __future__ import annotations

from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.base import ArmList
from scanner.sources.azure.collectors.ml_workspaces import API_VERSION, WORKSPACE

JOBS = ArmList(
    type="Microsoft.MachineLearningServices/workspaces/jobs",
    parent=WORKSPACE,
    service=Service.MACHINE_LEARNING,
    api_version=API_VERSION,
    # The service's own default is not documented, so it is said.
    parameters={"listViewType": "ActiveOnly"},
)
