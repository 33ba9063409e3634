"""The registry of collectors: one file and one line each, parents before children."""

from __future__ import annotations

from scanner.sources.azure.collectors.base import Collector
from scanner.sources.azure.collectors.cognitive_accounts import ACCOUNTS
from scanner.sources.azure.collectors.cognitive_commitment_plans import COMMITMENT_PLANS
from scanner.sources.azure.collectors.cognitive_deleted_accounts import DELETED_ACCOUNTS
from scanner.sources.azure.collectors.cognitive_deployments import DEPLOYMENTS
from scanner.sources.azure.collectors.cognitive_projects import PROJECTS
from scanner.sources.azure.collectors.copilot_neighbours import (
    BOT_SERVICES,
    FABRIC_CAPACITIES,
    POWER_PLATFORM_ACCOUNTS,
    POWER_PLATFORM_POLICIES,
    SEARCH_SERVICES,
    SECURITY_COPILOT_CAPACITIES,
)
from scanner.sources.azure.collectors.ml_computes import COMPUTES
from scanner.sources.azure.collectors.ml_endpoints import (
    BATCH_DEPLOYMENTS,
    BATCH_ENDPOINTS,
    ONLINE_DEPLOYMENTS,
    ONLINE_ENDPOINTS,
    SERVERLESS_ENDPOINTS,
)
from scanner.sources.azure.collectors.ml_jobs import JOBS
from scanner.sources.azure.collectors.ml_registries import REGISTRIES
from scanner.sources.azure.collectors.ml_workspaces import WORKSPACES

COLLECTORS: tuple[Collector, ...] = (
    ACCOUNTS,
    DEPLOYMENTS,
    PROJECTS,
    COMMITMENT_PLANS,
    DELETED_ACCOUNTS,
    WORKSPACES,
    COMPUTES,
    JOBS,
    ONLINE_ENDPOINTS,
    ONLINE_DEPLOYMENTS,
    SERVERLESS_ENDPOINTS,
    BATCH_ENDPOINTS,
    BATCH_DEPLOYMENTS,
    REGISTRIES,
    SEARCH_SERVICES,
    BOT_SERVICES,
    FABRIC_CAPACITIES,
    SECURITY_COPILOT_CAPACITIES,
    POWER_PLATFORM_ACCOUNTS,
    POWER_PLATFORM_POLICIES,
)
