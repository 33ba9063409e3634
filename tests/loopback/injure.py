"""Faults for a generated tenant, with what becomes of the truth: gaps, and findings that are unknown or gone."""

from tests.loopback.estate import UNKNOWN, Deployment, Estate
from tests.loopback.plant_others import ORGS
from tests.loopback.tenant import COGNITIVE, LEARNING, Tenant

Gaps = set[tuple[str, str, str]]
FORBIDDEN = {"status": 403, "code": "AuthorizationFailed", "message": "No."}
PTU_RULES = ("openai-ptu-utilization", "openai-ptu-saturation")


def hide(tenant: Tenant, way: str) -> None:
    """Take away something that azgate has another way around."""
    if way == "graph forbidden":
        tenant.fault("*/microsoft.resourcegraph/resources", **FORBIDDEN)
    elif way == "graph empty":
        tenant.fault("*/microsoft.resourcegraph/resources", body={"data": [], "resultTruncated": "false"})
    elif way == "no batch":
        tenant.fault("*/metrics:getbatch", **FORBIDDEN)
    else:
        tenant.fault("*/accounts/*/deployments", status=429, code="TooManyRequests", times=2)
        tenant.fault("*/workspaces/*/jobs", drop=True, times=1)
        tenant.fault("*/microsoft.resourcegraph/resources", status=500, code="InternalServerError", times=1)
        tenant.fault("*/metrics:getbatch", body=b'{"values": [', times=1)


def injure(estate: Estate) -> Gaps:
    """Plant faults of every kind and change the truth accordingly; give the gaps that there must be."""
    accounts = sorted({one.account for one in estate.deployments})
    estate.dice.shuffle(accounts)
    workspaces = sorted(one["id"] for one in estate.tenant.resources if one.get("type") == f"{LEARNING}/workspaces")
    gaps = _without_deployments(estate, accounts[0])
    gaps |= _without_metrics(estate, accounts[1])
    gaps |= _without_usages(estate, accounts[2])
    gaps |= _without_jobs(estate, estate.dice.choice(workspaces))
    gaps |= _without_settings(estate)
    gaps |= _without_guards(estate)
    return gaps | _without_seats(estate)


def _forget(estate: Estate, beginning: str) -> None:
    """Take everything below an id out of the truth: what was not read is not judged."""
    below = f"{beginning.lower()}/"
    estate.truth = {key: outcome for key, outcome in estate.truth.items() if not key[1].startswith(below)}


def _without_deployments(estate: Estate, account: str) -> Gaps:
    estate.tenant.fault(f"{account}/deployments", **FORBIDDEN)
    _forget(estate, f"{account}/deployments")
    estate.deployments = [one for one in estate.deployments if one.account != account]
    drawn = {one.pool for one in estate.deployments}
    for pool in [pool for pool in estate.pools if pool not in drawn]:
        estate.truth.pop(("openai-quota-headroom", pool.lower()), None)
    if account not in estate.logged:
        # Whether it is shared is not known; with its requests logged it does not matter.
        estate.says("openai-shared-account", account, UNKNOWN)
    return {(account, f"{COGNITIVE}/accounts/deployments", "forbidden")}


def _without_metrics(estate: Estate, account: str) -> Gaps:
    estate.tenant.fault(f"/subscriptions/{account.split('/')[2]}/metrics:getbatch", **FORBIDDEN)
    estate.tenant.fault(f"{account}/providers/microsoft.insights/metrics", **FORBIDDEN)
    members = [one for one in estate.deployments if one.account == account]
    for one in members:
        _blind(estate, one)
    names = {"AzureOpenAIRequests", "TokenTransaction", "AzureOpenAIContextTokensCacheMatchRate"}
    if any(one.is_ptu and not one.is_young and not one.is_failed for one in members):
        names.add("AzureOpenAIProvisionedManagedUtilizationV2")
    return {(account, f"metrics/{name}", "forbidden") for name in names}


def _blind(estate: Estate, one: Deployment) -> None:
    """Judge a deployment of which no metric could be read."""
    estate.says("openai-throttled-requests", one.id, UNKNOWN)
    estate.says("openai-prompt-cache", one.id, UNKNOWN)
    if not one.is_young:
        estate.says("openai-token-anomaly", one.id, UNKNOWN)
    if not one.is_young and not one.is_failed and one.pool:
        estate.says("openai-idle-deployment", one.id, UNKNOWN)
    if one.is_ptu and not one.is_young and not one.is_failed:
        for rule in PTU_RULES[:1] if one.has_spillover else PTU_RULES:
            estate.says(rule, one.id, UNKNOWN)


def _without_usages(estate: Estate, account: str) -> Gaps:
    region = next(one["location"] for one in estate.tenant.resources if one["id"] == account)
    scope = f"/subscriptions/{account.split('/')[2]}/providers/{COGNITIVE}/locations/{region}"
    estate.tenant.fault(f"{scope}/usages", **FORBIDDEN)
    for one in estate.deployments:
        if one.pool.startswith(f"{scope}/"):
            estate.says("openai-quota-share", one.id, UNKNOWN)
            estate.says("openai-quota-headroom", one.pool, UNKNOWN)
    return {(scope, "quotaUsages", "forbidden")}


def _without_jobs(estate: Estate, workspace: str) -> Gaps:
    estate.tenant.fault(f"{workspace}/jobs", html="<html>Sign in</html>")
    _forget(estate, f"{workspace}/jobs")
    for cluster in estate.hungry[workspace]:
        estate.says("ml-cluster-idle", cluster, UNKNOWN)
    return {(workspace, f"{LEARNING}/workspaces/jobs", "malformed")}


def _without_settings(estate: Estate) -> Gaps:
    services = sorted(
        one["id"] for one in estate.tenant.resources if one.get("type") == "Microsoft.Search/searchServices"
    )
    service = estate.dice.choice(services)
    estate.tenant.fault(f"{service}/providers/microsoft.insights/diagnosticsettings", **FORBIDDEN)
    estate.says("ai-diagnostics", service, UNKNOWN)
    return {(service, "diagnosticSettings", "forbidden")}


def _without_guards(estate: Estate) -> Gaps:
    subscriptions = sorted(one["id"] for one in estate.tenant.resources if one["id"].count("/") == 2)
    poor, deaf = estate.dice.sample(subscriptions, 2)
    estate.tenant.fault(f"{poor}/providers/microsoft.consumption/budgets", **FORBIDDEN)
    estate.tenant.fault(f"{deaf}/providers/microsoft.costmanagement/scheduledactions", body={"value": "none"})
    estate.says("ai-budget", poor, UNKNOWN)
    estate.says("ai-budget-forecast", poor, UNKNOWN)
    estate.says("ai-anomaly-alert", deaf, UNKNOWN)
    return {(poor, "budgets", "forbidden"), (deaf, "scheduledActions", "malformed")}


def _without_seats(estate: Estate) -> Gaps:
    owner = ORGS[0]
    scope = f"/providers/GitHub.Copilot/organizations/{owner}"
    estate.tenant.fault(f"/github/orgs/{owner}/copilot/billing/seats", status=404)
    estate.tenant.fault("/v1.0/subscribedskus", status=403, code="Authorization_RequestDenied")
    _forget(estate, f"{scope}/seats")
    _forget(estate, "/providers/Microsoft.Graph/subscribedSkus")
    return {
        (scope, "GitHub.Copilot/organizations/seats", "notFound"),
        ("/providers/Microsoft.Graph", "Microsoft.Graph/subscribedSkus", "forbidden"),
    }
