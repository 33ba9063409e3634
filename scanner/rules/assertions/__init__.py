"""Named assertions: what governance of AI needs beyond conditions on fields.

Adding one is one file here and one line in `ASSERTIONS`; its JSON Schema, its place in the policy language and
its documentation follow from the class.
"""

from __future__ import annotations

from scanner.rules.assertions.allowed_models import AllowedModels
from scanner.rules.assertions.allowed_regions import AllowedRegions
from scanner.rules.assertions.allowed_vm_sizes import AllowedVmSizes
from scanner.rules.assertions.anomaly_alert import AnomalyAlert
from scanner.rules.assertions.base import Assertion
from scanner.rules.assertions.budget import Budget
from scanner.rules.assertions.children import Children
from scanner.rules.assertions.diagnostic_settings import DiagnosticSettings
from scanner.rules.assertions.endpoint_deployments import EndpointDeployments
from scanner.rules.assertions.holds_ai_resources import HoldsAiResources
from scanner.rules.assertions.idle_cluster import IdleCluster
from scanner.rules.assertions.idle_deployment import IdleDeployment
from scanner.rules.assertions.job_age import JobAge
from scanner.rules.assertions.job_time_limit import JobTimeLimit
from scanner.rules.assertions.metric import Metric
from scanner.rules.assertions.model_lifecycle import ModelLifecycle
from scanner.rules.assertions.purged import Purged
from scanner.rules.assertions.quota import QuotaHeadroom, QuotaShare
from scanner.rules.assertions.rate_limit import RateLimit
from scanner.rules.assertions.ratio import Ratio
from scanner.rules.assertions.required_tags import RequiredTags
from scanner.rules.assertions.scale_to_zero import ScaleToZero
from scanner.rules.assertions.search_units import SearchUnits
from scanner.rules.assertions.seat_activity import SeatActivity
from scanner.rules.assertions.tag_values import TagValues
from scanner.rules.assertions.throttled_share import ThrottledShare
from scanner.rules.assertions.token_anomaly import TokenAnomaly

ASSERTIONS: dict[str, type[Assertion]] = {
    "requiredTags": RequiredTags,
    "tagValues": TagValues,
    "scaleToZero": ScaleToZero,
    "jobTimeLimit": JobTimeLimit,
    "rateLimit": RateLimit,
    "quotaShare": QuotaShare,
    "quotaHeadroom": QuotaHeadroom,
    "metric": Metric,
    "modelLifecycle": ModelLifecycle,
    "allowedModels": AllowedModels,
    "idleDeployment": IdleDeployment,
    "throttledShare": ThrottledShare,
    "tokenAnomaly": TokenAnomaly,
    "allowedVmSizes": AllowedVmSizes,
    "allowedRegions": AllowedRegions,
    "diagnosticSettings": DiagnosticSettings,
    "idleCluster": IdleCluster,
    "jobAge": JobAge,
    "endpointDeployments": EndpointDeployments,
    "purged": Purged,
    "children": Children,
    "ratio": Ratio,
    "seatActivity": SeatActivity,
    "searchUnits": SearchUnits,
    "holdsAiResources": HoldsAiResources,
    "budget": Budget,
    "anomalyAlert": AnomalyAlert,
}

__all__ = ["ASSERTIONS", "Assertion"]
