"""Licences and seats of copilots: Microsoft Graph's and GitHub's objects, as azgate keeps them."""

from __future__ import annotations

from collections.abc import Iterator

from contoso.shapes import Json, ago


def copilots() -> Iterator[Json]:
    """Give licences of which many are unassigned, and seats of which some sleep."""
    yield _licence("639dec6b-bb19-468b-871c-c5c441c4b0cb", "Microsoft_365_Copilot", 200, 148)
    yield _licence("3f0d2b8e-7c51-4a96-b1e4-8d2f60a5c937", "Microsoft_Copilot_for_Sales", 40, 39)
    for name, last in (("mara", 3), ("jonas", 75), ("lena", None)):
        yield _graph(
            "copilotUsageUsers",
            f"{name}@contoso.com",
            f"{name}@contoso.com",
            {
                "reportRefreshDate": _day(2),
                "userPrincipalName": f"{name}@contoso.com",
                "lastActivityDate": None if last is None else _day(last),
            },
        )
    for name, total, active in (("contoso", 40, 26), ("contoso-labs", 10, 9)):
        yield {
            "id": f"/providers/GitHub.Copilot/organizations/{name}",
            "type": "GitHub.Copilot/organizations",
            "name": name,
            "properties": {
                "plan_type": "business",
                "seat_breakdown": {"total": total, "active_this_cycle": active, "inactive_this_cycle": total - active},
            },
        }
    yield _seat("mara", 1)
    yield _seat("noor", None, given=6)
    yield _seat("jonas", 120)
    yield _seat("lena", None, ends=True)


def _day(back: int) -> str:
    return ago(days=back).partition("T")[0]


def _graph(kind: str, key: str, name: str, properties: Json) -> Json:
    return {
        "id": f"/providers/Microsoft.Graph/{kind}/{key}",
        "type": f"Microsoft.Graph/{kind}",
        "name": name,
        "properties": properties,
    }


def _licence(sku_id: str, part: str, bought: int, assigned: int) -> Json:
    units = {"enabled": bought, "suspended": 0, "warning": 0, "lockedOut": 0}
    properties = {
        "skuId": sku_id,
        "skuPartNumber": part,
        "appliesTo": "User",
        "capabilityStatus": "Enabled",
        "consumedUnits": assigned,
        "prepaidUnits": units,
    }
    return _graph("subscribedSkus", sku_id, part, properties)


def _seat(login: str, last: int | None, given: int = 300, *, ends: bool = False) -> Json:
    return {
        "id": f"/providers/GitHub.Copilot/organizations/contoso/seats/{login}",
        "type": "GitHub.Copilot/organizations/seats",
        "name": login,
        "properties": {
            "assignee": {"login": login},
            "plan_type": "business",
            "created_at": ago(days=given),
            "last_activity_at": None if last is None else ago(days=last),
            "pending_cancellation_date": _day(-7) if ends else None,
        },
    }
