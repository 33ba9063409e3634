"""The registry of collectors: one file and one line each, parents before children."""

from __future__ import annotations

from scanner.sources.azure.collectors.base import Collector
from scanner.sources.azure.collectors.cognitive_accounts import ACCOUNTS
from scanner.sources.azure.collectors.cognitive_deployments import DEPLOYMENTS
from scanner.sources.azure.collectors.ml_computes import COMPUTES
from scanner.sources.azure.collectors.ml_jobs import JOBS
from scanner.sources.azure.collectors.ml_workspaces import WORKSPACES

COLLECTORS: tuple[Collector, ...] = (
    ACCOUNTS,
    DEPLOYMENTS,
    WORKSPACES,
    COMPUTES,
    JOBS,
)
