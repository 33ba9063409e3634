"""Accounts and deployments of a generated tenant, each deployment with one thing wrong or nothing."""

from typing import Any

from tests.loopback.estate import REGIONS, UNKNOWN, Deployment, Estate, ago, stamp
from tests.loopback.tenant import COGNITIVE

TOKEN_SKUS = ("Standard", "GlobalStandard", "DataZoneStandard")
PTU_SKUS = ("ProvisionedManaged", "GlobalProvisionedManaged", "DataZoneProvisionedManaged")
BATCH = "GlobalBatch"
TOKEN_DEFECTS = ("rate", "share", "full", "no pool", "no quota", "idle", "throttled", "spike", "warm", "cold", "young")
PTU_DEFECTS = ("slack", "hot", "spill", "blind", "young", "idle", "legacy")
ANY_DEFECTS = ("soon retired", "retired", "no upgrade", "failed", "no filter", "denied")
DAY = 50_000
"""Tokens of an ordinary day."""
DATES = {"gpt-long": "2028-01-31T00:00:00Z", "gpt-soon": "2027-01-15T00:00:00Z", "gpt-gone": "2026-10-01T00:00:00Z"}


def plant_catalogue(estate: Estate, subscription: str) -> None:
    """Serve the model catalogue of every region."""
    for region in REGIONS:
        estate.tenant.add_model(
            subscription, region, "gpt-4o", version="1", sku="Standard", usage_name="OpenAI.Standard.gpt-4o"
        )
        for name, date in DATES.items():
            usage = f"OpenAI.Standard.{name}"
            estate.tenant.add_model(subscription, region, name, version="1", sku="Standard", usage_name=usage)
            estate.tenant.models[subscription.lower(), region][-1]["model"]["deprecation"] = {"inference": date}


def plant_account(estate: Estate, group: str, name: str) -> str:
    """Add an account with deployments, and a project where it is a Foundry one."""
    dice = estate.dice
    kind = dice.choice(("OpenAI", "AIServices"))
    keys = {} if estate.chance(4) else {"disableLocalAuth": True}
    tags = {"Team": "own", "COST-CENTER": "9"} if estate.chance(4) else None
    region = dice.choice(REGIONS)
    account = estate.tag(estate.tenant.add_account(group, name, location=region, kind=kind, tags=tags, **keys), tags)
    if not keys:
        estate.says("openai-local-auth", account)
    estate.log(account)
    if kind == "AIServices":
        estate.tag(estate.tenant.add_child(account, "projects", "p", location="East US 2"), None)
    # More series than Azure Monitor gives by itself, now and then.
    for number in range(12 if estate.chance(6) else dice.randint(1, 5)):
        _plant_deployment(estate, account, f"{name}-{number}", region)
    return account


def plant_other_service(estate: Estate, group: str, name: str) -> None:
    """Add an account of an older single service: no AI account, whatever it lacks."""
    estate.tenant.add_account(group, name, kind="TextAnalytics", location="eastus2")


def plant_deleted(estate: Estate, subscription: str, name: str) -> None:
    """Add soft-deleted accounts: one that may hold deployments, and one that cannot."""
    estate.says("openai-purge-ptu", estate.tenant.add_deleted_account(subscription, "rg-gone", name))
    estate.tenant.add_deleted_account(subscription, "rg-gone", f"{name}-text", kind="TextAnalytics")


def _plant_deployment(estate: Estate, account: str, name: str, region: str) -> None:
    dice = estate.dice
    sku = dice.choice(TOKEN_SKUS) if dice.random() < 0.6 else dice.choice((*PTU_SKUS, BATCH))
    is_ptu = "Provisioned" in sku
    defects = ANY_DEFECTS + (PTU_DEFECTS if is_ptu else () if sku == BATCH else TOKEN_DEFECTS)
    defect = estate.deal(*defects) if dice.random() < 0.7 else ""
    settings = _settings(estate, defect, sku, name)
    is_young = defect == "young"
    created = stamp(ago(days=2 if is_young else dice.randint(60, 400)))
    sku = settings.pop("sku")
    tags = {"environment": "prod"} if estate.chance(6) else None
    deployment = Deployment(
        estate.tenant.add_deployment(account, name, sku=sku, version="1", created=created, tags=tags, **settings),
        account,
        is_ptu=is_ptu,
        is_young=is_young,
        is_failed=defect == "failed",
        has_spillover=defect == "spill",
    )
    estate.tag(deployment.id, tags)
    estate.deployments.append(deployment)
    if sku != BATCH:
        deployment.pool = _pool(estate, deployment.id, region, sku, settings, defect)
    _judge(estate, deployment, defect)
    _measure(estate, deployment, defect)


def _settings(estate: Estate, defect: str, sku: str, name: str) -> dict[str, Any]:
    """Give what add_deployment takes."""
    own_pool = defect in {"share", "full", "no pool", "no quota"}
    models = {"soon retired": "gpt-soon", "retired": "gpt-gone", "denied": "gpt-denied"}
    settings: dict[str, Any] = {
        "sku": "Provisioned" if defect == "legacy" else sku,
        "model": f"gpt-{name}" if own_pool else models.get(defect) or estate.dice.choice(("gpt-4o", "gpt-long")),
        "capacity": {"rate": 150, "share": 60}.get(defect, 10),
        "provisioningState": "Failed" if defect == "failed" else "Succeeded",
    }
    if defect != "no filter":
        settings["raiPolicyName"] = "Microsoft.DefaultV2"
    if defect == "no upgrade" or estate.chance(3):
        settings["versionUpgradeOption"] = "NoAutoUpgrade" if defect == "no upgrade" else "OnceCurrentVersionExpired"
    if defect == "spill":
        settings["spilloverDeploymentName"] = "other"
    return settings


def _pool(estate: Estate, deployment: str, region: str, sku: str, settings: dict[str, Any], defect: str) -> str:
    """Give the id of the pool that the deployment draws from, and note what Azure says of it."""
    subscription = "/".join(deployment.split("/")[:3])
    name = f"OpenAI.{sku}" if "Provisioned" in sku else f"OpenAI.{sku}.{settings['model']}"
    pool = f"{subscription}/providers/{COGNITIVE}/locations/{region}/usages/{name}"
    values = {"share": (60, 100), "full": (95, 100), "no pool": None, "no quota": (0, 0)}
    estate.pools[pool] = values.get(defect, (10, 100_000))
    return pool


def _judge(estate: Estate, deployment: Deployment, defect: str) -> None:
    rules = {
        "rate": "openai-deployment-rate-limit",
        "share": "openai-quota-share",
        "throttled": "openai-throttled-requests",
        "spike": "openai-token-anomaly",
        "warm": "openai-token-anomaly",
        "cold": "openai-token-anomaly",
        "slack": "openai-ptu-utilization",
        "hot": "openai-ptu-saturation",
        "legacy": "openai-allowed-skus",
        "idle": "openai-idle-deployment",
        "soon retired": "openai-model-retirement",
        "retired": "openai-model-retirement",
        "no upgrade": "openai-version-upgrade",
        "failed": "openai-failed-deployment",
        "no filter": "openai-content-filter",
        "denied": "openai-allowed-models",
    }
    if defect in rules:
        estate.says(rules[defect], deployment.id)
    if defect in {"no pool", "no quota"}:
        estate.says("openai-quota-share", deployment.id, UNKNOWN)
    if defect == "blind":
        estate.says("openai-ptu-utilization", deployment.id, UNKNOWN)
        estate.says("openai-ptu-saturation", deployment.id, UNKNOWN)
    if defect == "spike":
        estate.says("openai-prompt-cache", deployment.id, UNKNOWN)
    if defect == "cold":
        estate.says("openai-prompt-cache", deployment.id)
    if deployment.is_ptu and estate.is_nonprod(deployment.id):
        estate.says("openai-ptu-nonprod", deployment.id)


def _measure(estate: Estate, deployment: Deployment, defect: str) -> None:
    """Write down what Azure Monitor has of the deployment."""
    account, name = deployment.account, deployment.id.rpartition("/")[2]
    requests = estate.series[account, "AzureOpenAIRequests"]
    if defect not in {"idle", "young"}:
        when = ago(days=20) if estate.chance(5) and defect != "throttled" else ago(days=2)
        requests[name, "200"] = [(when, 90)]
        # One in ten at most is throttled: two of ninety are few, ten are not.
        requests[name, "429"] = [(when, 10 if defect == "throttled" else 2)]
    days = {day: DAY + estate.dice.randint(-500, 500) for day in range(1, 30)}
    if defect in {"spike", "warm", "cold"}:
        days[1] = 18 * DAY
    if defect != "idle":
        estate.series[account, "TokenTransaction"][name] = [
            (ago(days=day).replace(hour=15), tokens) for day, tokens in days.items()
        ]
    if defect in {"warm", "cold"}:
        rate = 60 if defect == "warm" else 5
        estate.series[account, "AzureOpenAIContextTokensCacheMatchRate"][name] = [(ago(days=1), rate)]
    if deployment.is_ptu and defect != "blind":
        level = 20 if defect == "slack" else 75
        hot = 4 if defect in {"hot", "spill"} else 1
        points = [(ago(hours=12 + hour), 100 if hour < hot else level) for hour in range(40)]
        estate.series[account, "AzureOpenAIProvisionedManagedUtilizationV2"][name] = points
