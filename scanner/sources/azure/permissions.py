"""What the identity of a live scan must be allowed to read, and the role that allows it."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model.quota import MODELS, QUOTA_USAGES
from scanner.model.resource import RESOURCE_GROUP, SUBSCRIPTION

READER = "Reader"
MONITORING = "Monitoring Reader"
COST = "Cost Management Reader"

_COGNITIVE = "microsoft.cognitiveservices"
_LEARNING = "microsoft.machinelearningservices"
NEIGHBOURS = (
    "Microsoft.Search/searchServices",
    "Microsoft.BotService/botServices",
    "Microsoft.Fabric/capacities",
    "Microsoft.SecurityCopilot/capacities",
)


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing to be allowed.

    `types` (ARM types, or their beginnings, in lower case) and `facts` (fact kinds) are what cannot be read
    without it. `instead` says what a scan does without it, where it can do as well.
    """

    name: str
    what: str
    role: str
    types: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    instead: str = ""


PERMISSIONS = (
    Permission("subscriptions", "subscriptions and their tags", READER, types=(SUBSCRIPTION,)),
    Permission("groups", "resource groups and their tags", READER, types=(RESOURCE_GROUP,)),
    Permission("accounts", "accounts, deployments, projects", READER, types=(f"{_COGNITIVE}/",)),
    Permission("usages", "quota usages", "Cognitive Services Usages Reader, or Reader", facts=(QUOTA_USAGES,)),
    Permission("models", "model catalogue", READER, facts=(MODELS,)),
    Permission("workspaces", "workspaces, computes, jobs, endpoints", READER, types=(f"{_LEARNING}/",)),
    Permission(
        "neighbours",
        "search, bots, capacities",
        READER,
        types=tuple(kind.lower() for kind in NEIGHBOURS),
    ),
    Permission("resource-graph", "Resource Graph", READER, instead="each list is read on its own"),
    Permission(
        "metrics-batch", "metrics by batch", f"{MONITORING} on the subscription", instead="read resource by resource"
    ),
    Permission("metrics", "metrics of a resource", MONITORING, facts=("metrics",)),
    Permission("diagnostics", "diagnostic settings", READER, facts=("diagnosticSettings",)),
    Permission("budgets", "budgets", COST, facts=("budgets",)),
    Permission("scheduled-actions", "anomaly alerts", COST, facts=("scheduledActions",)),
    Permission(
        "graph-licences",
        "Microsoft 365 licences (--graph)",
        "Graph application permission LicenseAssignment.Read.All",
        types=("microsoft.graph/subscribedskus",),
    ),
    Permission(
        "graph-reports",
        "Copilot usage report (--graph)",
        "Graph application permission Reports.Read.All",
        types=("microsoft.graph/copilotusageusers",),
    ),
    Permission(
        "github",
        "GitHub Copilot (--github-org, --github-enterprise)",
        "owner's token with manage_billing:copilot, read:org or read:enterprise",
        types=("github.copilot/",),
    ),
)
"""In the order in which a scan needs them."""

BY_NAME = {permission.name: permission for permission in PERMISSIONS}
