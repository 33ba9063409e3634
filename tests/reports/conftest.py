"""One result that holds everything a report may meet, and the factories it is made of."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scanner.model.inventory import Gap, GapReason
from scanner.model.resource import type_of_id
from scanner.model.result import (
    Finding,
    Gate,
    NotEvaluated,
    PolicyInfo,
    ResourceInfo,
    RuleInfo,
    ScanInfo,
    ScanResult,
    Waiver,
    in_order,
)
from scanner.model.verdict import PASS, Disposition, Evidence, Outcome, Severity, Verdict

GOLDEN = Path(__file__).parent.parent / "golden"
SUBSCRIPTION = "00000000-0000-0000-0000-00000000000a"


def make_rule(rule_id: str, **changes: Any) -> RuleInfo:
    given = {
        "title": f"Title of {rule_id}",
        "severity": Severity.MEDIUM,
        "phase": "operate",
        "maturity": "crawl",
        "policy": "azure-openai",
        "rationale": "",
        "remediation": "",
    }
    return RuleInfo(**{"id": rule_id, **given, **changes})


def make_resource(path: str, **changes: Any) -> ResourceInfo:
    """Make a resource of `path`, which is an ARM id below the subscription, or any other id."""
    resource_id = f"/subscriptions/{SUBSCRIPTION}/{path}" if path.startswith("resourceGroups/") else path
    parts = resource_id.split("/")
    given = {
        "type": type_of_id(resource_id) or "Example.Type/things",
        "name": parts[-1],
        "location": "swedencentral",
        "resource_group": parts[4] if len(parts) > 4 else "",
        "subscription_id": SUBSCRIPTION if len(parts) > 4 else "",
    }
    return ResourceInfo(**{"id": resource_id, **given, **changes})


def make_finding(
    rule: RuleInfo,
    resource: ResourceInfo,
    outcome: Outcome = Outcome.FAIL,
    message: str = "It is not as it should be.",
    *evidence: Evidence,
    **changes: Any,
) -> Finding:
    verdict = PASS if outcome is Outcome.PASS else Verdict(outcome, message, evidence)
    return Finding(rule, resource, verdict, **{"severity": rule.severity, **changes})


def make_result(
    findings: list[Finding] | None = None,
    gaps: tuple[Gap, ...] = (),
    *,
    rules: tuple[RuleInfo, ...] | None = None,
    gate: Gate | None = None,
    **scan: Any,
) -> ScanResult:
    members = in_order(findings or [])
    used = rules if rules is not None else tuple({f.rule.id: f.rule for f in members}.values())
    given: dict[str, Any] = {
        "started_at": "2026-11-24T10:00:00Z",
        "finished_at": "2026-11-24T10:00:42Z",
        "as_of": "2026-11-24T10:00:00Z",
        "sources": ("snapshot: inventory.json",),
        "scopes": (f"/subscriptions/{SUBSCRIPTION}",),
        "policies": (PolicyInfo("azure-openai", "policies/azure-openai.yaml", tuple(r.id for r in used)),),
        "parameters": {},
    }
    return ScanResult(
        tool_version="1.2.3",
        scan=ScanInfo(**{**given, **scan}),
        rules=used,
        findings=tuple(members),
        gaps=gaps,
        gate=gate or Gate("low", 0, "no new failure at or above low"),
        resources=len({f.resource.id for f in members}),
    )


RATE_LIMIT = make_rule(
    "openai-deployment-rate-limit",
    title="One deployment cannot take all the tokens",
    severity=Severity.HIGH,
    rationale="A single runaway client can spend a month's budget in a night. A ceiling on each deployment "
    "bounds what one mistake can cost, and leaves quota for the others.",
    remediation="Lower the deployment's capacity; one unit is 1,000 tokens per minute:\n\n"
    "    az cognitiveservices account deployment create \\\n"
    "      --resource-group GROUP --name ACCOUNT --deployment-name DEPLOYMENT \\\n"
    "      --sku-name Standard --sku-capacity 100\n\n"
    "Or set `rateLimits` on the deployment, where its model offers them.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/quota",
        "javascript:alert(1)",
        'https://example.com/"onmouseover="alert(1)',
    ),
)
SCALE_TO_ZERO = make_rule(
    "ml-cluster-scale-to-zero",
    title="A training cluster costs nothing while nobody trains",
    severity=Severity.HIGH,
    phase="optimize",
    policy="azure-ml",
    rationale="Nodes that a cluster keeps are billed around the clock.",
    remediation="- Set the least number of nodes to 0: `az ml compute update --min-instances 0`\n"
    "- Where a warm start matters, keep the node in working hours only.",
    references=("https://learn.microsoft.com/azure/machine-learning/how-to-create-attach-compute-cluster",),
)
REQUIRED_TAGS = make_rule(
    "required-tags",
    title="Every AI resource says whose it is",
    severity=Severity.MEDIUM,
    phase="inform",
    rationale="Cost that belongs to nobody is cut by nobody.",
    remediation="Tag the resource or its resource group: `az tag update --operation merge`.",
)
RETIREMENT = make_rule(
    "openai-model-retirement",
    title="No model retires under a workload",
    severity=Severity.MEDIUM,
    maturity="walk",
    rationale="A retired model answers with errors.",
    remediation="Move to the model's replacement.",
)
UTILIZATION = make_rule(
    "openai-ptu-utilization",
    title="Provisioned throughput is used",
    severity=Severity.HIGH,
    phase="optimize",
    maturity="walk",
    remediation="Lower the number of PTUs, or share the deployment.",
)
LOCAL_AUTH = make_rule("openai-local-auth", title="Callers are known by name", severity=Severity.CRITICAL)
REGION = make_rule("ai-allowed-regions", title="AI runs where it may", severity=Severity.INFO)
SEATS = make_rule("copilot-github-inactive", title="A seat is used", severity=Severity.LOW, policy="copilot")

_SEARCH = "resourceGroups/rg-search/providers/Microsoft.CognitiveServices/accounts/aoai-search"
_VISION = "resourceGroups/rg-vision/providers/Microsoft.MachineLearningServices/workspaces/ml-vision"
_TAGS = {"team": "search", "environment": "prod"}
HOSTILE = "</script><script>alert(1)</script>"


def _failures() -> list[Finding]:
    gpt = make_resource(
        f"{_SEARCH}/deployments/gpt-4o",
        tags={"environment": "prod"},
        effective_tags={**_TAGS, "cost-center": "4711"},
    )
    mini = make_resource(f"{_SEARCH}/deployments/gpt-4.1-mini", effective_tags=_TAGS)
    planned = make_resource(
        f"{_VISION}/computes/gpu-cluster",
        tags={"Owner": "vision-team@contoso.com"},
        file="infra/plan.json",
        line=42,
        pointer="/planned_values/root_module/resources/3",
        address="module.vision.azurerm_machine_learning_compute_cluster.gpu",
    )
    hostile = make_resource(
        "resourceGroups/rg-\u202etxt/providers/Microsoft.CognitiveServices/accounts/\x1b[31mred\x9b0m",
        name='"><img src=x onerror=alert(1)>\x1b[31m',
        tags={"owner": HOSTILE, '" onmouseover="alert(1)': "javascript:alert(1)", "lone": "\ud800", "n": 1},
        effective_tags={"owner": HOSTILE, '" onmouseover="alert(1)': "javascript:alert(1)", "lone": "\ud800"},
    )
    chinese = make_resource(
        "resourceGroups/rg-客户/providers/Microsoft.CognitiveServices/accounts/人工智能语音识别服务帐户"
    )
    arabic = make_resource(
        "resourceGroups/rg-arabic/providers/Microsoft.Search/searchServices/خدمة-البحث",
        effective_tags={"owner": "فريق البحث"},
    )
    limit = "at most 100000 tokens per minute"
    return [
        make_finding(
            RATE_LIMIT,
            gpt,
            Outcome.FAIL,
            "It may use 240,000 tokens per minute, more than 100,000.",
            Evidence("properties.rateLimits", [{"key": "token", "renewalPeriod": 60, "count": 240000}], limit),
            Evidence("sku.capacity", 240, ""),
        ),
        make_finding(
            RATE_LIMIT,
            mini,
            Outcome.FAIL,
            "It may use 150,000 tokens per minute, more than 100,000.",
            Evidence("sku.capacity", 150, limit),
        ),
        make_finding(
            SCALE_TO_ZERO,
            planned,
            Outcome.FAIL,
            "It keeps 2 nodes when idle.",
            Evidence("properties.properties.scaleSettings.minNodeCount", 2, "0"),
        ),
        make_finding(
            REQUIRED_TAGS,
            hostile,
            Outcome.FAIL,
            f"It has no tag `cost-center`. {HOSTILE}\x07\u202e\ud800",
            Evidence("tags\x00", {"\u202e": float("nan"), "b": float("-inf")}, "each of: <b>owner</b>"),
        ),
        make_finding(REQUIRED_TAGS, chinese, Outcome.FAIL, "它没有所有者标签,因此没有人知道费用由谁承担。" * 3),
        make_finding(REQUIRED_TAGS, arabic, Outcome.FAIL, "It has no tag `environment`."),
        make_finding(
            RETIREMENT,
            mini,
            Outcome.FAIL,
            "The model retired on 2026-10-01.",
            Evidence("model.deprecation.inference", "2026-10-01T00:00:00Z", "later than 2027-02-22"),
            severity=Severity.CRITICAL,
        ),
    ]


def _answered_for() -> list[Finding]:
    waiver = Waiver("Load test until the launch.", "search-team@contoso.com", "2026-12-31", f"*/{_SEARCH}/*")
    batch = make_resource(f"{_SEARCH}/deployments/batch", effective_tags=_TAGS)
    old = make_resource(f"{_SEARCH}/deployments/old", effective_tags=_TAGS)
    return [
        make_finding(
            RATE_LIMIT,
            batch,
            Outcome.FAIL,
            "It may use 900,000 tokens per minute, more than 100,000.",
            Evidence("sku.capacity", 900, "at most 100000 tokens per minute"),
            disposition=Disposition.EXEMPTED,
            exemption=waiver,
        ),
        make_finding(
            UTILIZATION,
            batch,
            Outcome.UNKNOWN,
            "No metric data.",
            disposition=Disposition.EXEMPTED,
            exemption=waiver,
        ),
        make_finding(
            RATE_LIMIT,
            old,
            Outcome.FAIL,
            "It may use 120,000 tokens per minute, more than 100,000.",
            disposition=Disposition.BASELINED,
        ),
    ]


def _undecided() -> list[Finding]:
    ptu = make_resource(f"{_SEARCH}/deployments/ptu", effective_tags=_TAGS)
    account = make_resource(_SEARCH, effective_tags=_TAGS)
    return [
        make_finding(
            UTILIZATION,
            ptu,
            Outcome.UNKNOWN,
            "The metrics of its account could not be read.",
            Evidence("AzureOpenAIProvisionedManagedUtilizationV2", None, "a mean of at least 60 percent"),
        ),
        make_finding(LOCAL_AUTH, account, Outcome.ERROR, "The rule crashed: TypeError at properties.x"),
    ]


def _passes() -> list[Finding]:
    return [
        make_finding(rule, make_resource(f"{_SEARCH}/deployments/{name}", effective_tags=_TAGS), Outcome.PASS)
        for rule in (REQUIRED_TAGS, REGION)
        for name in ("gpt-4o", "gpt-4.1-mini", "ptu")
    ]


def golden_result() -> ScanResult:
    return make_result(
        [*_failures(), *_answered_for(), *_undecided(), *_passes()],
        gaps=(
            Gap(
                f"/subscriptions/{SUBSCRIPTION}/{_SEARCH}",
                "metrics",
                GapReason.FORBIDDEN,
                "The credential may not read metrics here; it wants the role Monitoring Reader.",
            ),
            Gap("infra/plan.json", "azurerm_search_service", GapReason.UNSUPPORTED, f"No mapping {HOSTILE}\x1b"),
            Gap("/subscriptions/b", "Microsoft.CognitiveServices/accounts", GapReason.THROTTLED),
        ),
        rules=(RATE_LIMIT, SCALE_TO_ZERO, REQUIRED_TAGS, RETIREMENT, UTILIZATION, LOCAL_AUTH, REGION, SEATS),
        gate=Gate("low", 1, "7 new failures at or above low"),
        sources=("azure: https://management.azure.com", "terraform-plan: infra/plan.json"),
        policies=(
            PolicyInfo(
                "azure-openai",
                "policies/azure-openai.yaml",
                (RATE_LIMIT.id, REQUIRED_TAGS.id, RETIREMENT.id, UTILIZATION.id, LOCAL_AUTH.id, REGION.id),
            ),
            PolicyInfo("azure-ml", "policies/azure-ml.yaml", (SCALE_TO_ZERO.id,)),
            PolicyInfo("copilot", "policies/copilot.yaml", (SEATS.id,)),
            PolicyInfo("empty & <quiet>", "policies/empty.yaml", ()),
        ),
        parameters={
            "maxTokensPerMinute": 100000,
            "requiredTags": ["environment", "team"],
            "ratio": float("inf"),
            "label": HOSTILE,
        },
        not_evaluated=(NotEvaluated(SEATS.id, "no input holds GitHub Copilot seats; give --github-org"),),
        notes=(
            "exemptions.yaml:7: the exemption of rg-old expired on 2026-06-30 and exempts nothing",
            f"2 baseline entries no longer occur \x1b]8;;{HOSTILE}\x07",
        ),
        subscriptions={SUBSCRIPTION: "Contoso <b>AI</b> & \u202eco", "b": "Contoso"},
    )


@pytest.fixture
def result() -> ScanResult:
    return golden_result()


@pytest.fixture
def make() -> SimpleNamespace:
    """The factories, since a conftest cannot be imported."""
    return SimpleNamespace(rule=make_rule, resource=make_resource, finding=make_finding, result=make_result)


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with a file of tests/golden; AZGATE_UPDATE_GOLDEN=1 writes the file instead."""

    def compare(file: str, text: str) -> None:
        path = GOLDEN / file
        if os.environ.get("AZGATE_UPDATE_GOLDEN") == "1":
            path.write_bytes(text.encode("utf-8"))
        assert path.read_bytes().decode("utf-8") == text, f"{file} differs: look, then AZGATE_UPDATE_GOLDEN=1"

    return compare
