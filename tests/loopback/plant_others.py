"""Search, bots, capacities, budgets and Copilot of a generated tenant."""

from typing import Any

from tests.loopback.copilot import seat
from tests.loopback.estate import Estate, ago, stamp
from tests.loopback.tenant import Json

ORGS, ENTERPRISE = ("contoso", "fabrikam"), "contoso-all"
NOTIFIED = {"enabled": True, "threshold": 80, "contactEmails": ["finops@contoso.com"]}


def plant_neighbours(estate: Estate, group: str, name: str) -> None:
    """Add a search service, a bot and, now and then, capacities."""
    place = "brazilsouth" if estate.chance(5) else "eastus2"
    units = estate.dice.choice((1, 3))
    search = _add(
        estate,
        group,
        "Microsoft.Search/searchServices",
        f"{name}-find",
        location=place,
        sku={"name": "basic"},
        properties={"replicaCount": units, "partitionCount": 1},
    )
    estate.log(search, requests=False)
    if place == "brazilsouth":
        estate.says("ai-allowed-regions", search)
    sku = estate.dice.choice(("F0", "S1"))
    bot = _add(estate, group, "Microsoft.BotService/botServices", f"{name}-bot", location="global", sku={"name": sku})
    size = estate.dice.choice(("F4", "F64"))
    fabric = _add(estate, group, "Microsoft.Fabric/capacities", f"{name}fabric", sku={"name": size})
    if estate.is_nonprod(group):
        for rule, resource, is_bad in (
            ("search-nonprod-size", search, units > 1),
            ("bot-sku-nonprod", bot, sku != "F0"),
            ("fabric-capacity-nonprod", fabric, size == "F64"),
        ):
            if is_bad:
                estate.says(rule, resource)
    if estate.chance(2):
        count = estate.dice.choice((1, 9))
        security = _add(
            estate, group, "Microsoft.SecurityCopilot/capacities", f"{name}-scu", properties={"numberOfUnits": count}
        )
        if count == 9:
            estate.says("security-copilot-units", security)


def _add(estate: Estate, group: str, kind: str, name: str, **more: Any) -> str:
    return estate.tag(estate.tenant.add_top_level(group, kind, name, **more), None)


def plant_guards(estate: Estate, subscription: str) -> None:
    """Give a subscription a budget and an alert, or not quite."""
    what = estate.deal("good", "none", "silent", "actual only")
    kinds = ("Actual",) if what == "actual only" else ("Actual", "Forecasted")
    notice: Json = {**NOTIFIED, "contactEmails": []} if what == "silent" else NOTIFIED
    if what != "none":
        notifications = {kind: {**notice, "thresholdType": kind} for kind in kinds}
        budget = {"name": "ai", "properties": {"category": "Cost", "amount": 100, "notifications": notifications}}
        estate.tenant.add_extension(subscription, "Microsoft.Consumption/budgets", budget)
    if what in {"none", "silent"}:
        estate.says("ai-budget", subscription)
    if what in {"silent", "actual only"}:
        estate.says("ai-budget-forecast", subscription)
    state = estate.dice.choice(("Enabled", "Disabled", None))
    if state:
        action = {"kind": "InsightAlert", "properties": {"status": state}}
        estate.tenant.add_extension(subscription, "Microsoft.CostManagement/scheduledActions", action)
    if state != "Enabled":
        estate.says("ai-anomaly-alert", subscription)


def plant_copilot(estate: Estate) -> None:
    """Give the tenant licences, users and seats."""
    tenant, dice = estate.tenant, estate.dice
    for number in range(3):
        used = dice.choice((50, 100))
        sku = {"skuId": f"sku-{number}", "skuPartNumber": f"Microsoft_365_Copilot_{number}", "consumedUnits": used}
        tenant.licences.append({**sku, "prepaidUnits": {"enabled": 100}})
        if used == 50:
            estate.says("copilot-m365-unassigned", f"/providers/Microsoft.Graph/subscribedSkus/sku-{number}")
    for number in range(30):
        name, days = f"user{number}@contoso.com", dice.choice((1, 20, 60, None))
        last = ago(days=days).date().isoformat() if days else None
        tenant.usage_users.append({"userPrincipalName": name, "lastActivityDate": last})
        if days in {60, None}:
            estate.says("copilot-m365-inactive", f"/providers/Microsoft.Graph/copilotUsageUsers/{name}")
    tenant.github_page = 7
    for owner in ORGS:
        _plant_seats(estate, f"/providers/GitHub.Copilot/organizations/{owner}", owner)
        active = 5 if estate.deal("idle", "busy") == "idle" else 19
        tenant.github_billing[owner] = {"seat_breakdown": {"total": 20, "active_this_cycle": active}}
        if active == 5:
            estate.says("copilot-github-utilization", f"/providers/GitHub.Copilot/organizations/{owner}")
    _plant_seats(estate, f"/providers/GitHub.Copilot/enterprises/{ENTERPRISE}", ENTERPRISE)


def _plant_seats(estate: Estate, scope: str, owner: str) -> None:
    estate.tenant.github_seats[owner] = []
    for number in range(20):
        login, state = f"{owner}-{number}", estate.deal("active", "gone", "new", "never", "leaving")
        last = {"active": stamp(ago(days=3)), "gone": stamp(ago(days=90))}.get(state)
        created = stamp(ago(days=5 if state == "new" else 200))
        leaving = "2026-12-01" if state == "leaving" else None
        made = seat(login, last=last, created=created, pending_cancellation_date=leaving)
        estate.tenant.github_seats[owner].append(made)
        if state in {"gone", "never"}:
            estate.says("copilot-github-inactive", f"{scope}/seats/{login}")
