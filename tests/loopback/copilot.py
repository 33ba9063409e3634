"""Microsoft Graph and GitHub for the fake: licences, a usage report behind a redirect, seats in pages."""

import csv
import io
import re
from typing import Any
from urllib.parse import urlencode

from tests.loopback.tenant import Json, Tenant

GRAPH_AUDIENCES = frozenset({"https://graph.microsoft.com"})
REPORT = re.compile(r"/v1\.0/copilot/reports/getMicrosoft365CopilotUsageUserDetail\(period='(D7|D30|D90|D180|ALL)'\)")
DOWNLOAD = "/reports-download/usage.csv"
SIGNATURE = "loopback-Signature~0123456789"
GITHUB = "/github"
HEADER = (
    "Report Refresh Date",
    "Report Period",
    "User Principal Name",
    "Display Name",
    "Last Activity Date",
    "Copilot Chat Last Activity Date",
)
Answer = tuple[int, Any, dict[str, str]]


def graph(tenant: Tenant, path: str, base: str) -> Answer:
    """Answer a call to Microsoft Graph; the report is on another host than Graph itself."""
    if path == "/v1.0/subscribedSkus":
        return 200, {"value": tenant.licences}, {}
    if REPORT.fullmatch(path):
        elsewhere = base.replace("localhost", "127.0.0.1")
        return 302, {}, {"Location": f"{elsewhere}{DOWNLOAD}?{urlencode({'sig': SIGNATURE})}"}
    return 404, {"error": {"code": "ResourceNotFound", "message": path}}, {}


def report(tenant: Tenant) -> bytes:
    """Give the report as a CSV file with a byte order mark."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(HEADER)
    for user in tenant.usage_users:
        last = user.get("lastActivityDate") or ""
        writer.writerow(["2026-11-22", "30", user["userPrincipalName"], user["userPrincipalName"], last, last])
    return stream.getvalue().encode("utf-8-sig")


def github(tenant: Tenant, path: str, query: dict[str, str], base: str) -> Answer:
    """Answer a call to GitHub, with its way of paging."""
    if match := re.fullmatch(r"/orgs/([\w-]+)/copilot/billing", path):
        billing = tenant.github_billing.get(match.group(1))
        return (200, billing, {}) if billing is not None else _not_found()
    match = re.fullmatch(r"/(?:orgs|enterprises)/([\w-]+)/copilot/billing/seats", path)
    seats = tenant.github_seats.get(match.group(1)) if match else None
    if seats is None:
        return _not_found()
    size, number = min(int(query.get("per_page", 50)), tenant.github_page), int(query.get("page", 1))
    page = seats[(number - 1) * size : number * size]
    headers = {}
    if number * size < len(seats):
        following = f"{base}{GITHUB}{path}?{urlencode({**query, 'page': number + 1})}"
        headers["Link"] = f'<{following}>; rel="next"'
    return 200, {"total_seats": len(seats), "seats": page}, headers


def _not_found() -> Answer:
    return 404, {"message": "Not Found", "status": "404"}, {}


def seat(login: str, *, last: str | None = None, created: str = "2026-01-03T09:00:00Z", **more: Any) -> Json:
    """Give a seat as GitHub writes it."""
    return {
        "assignee": {"login": login, "id": 1, "type": "User"},
        "created_at": created,
        "last_activity_at": last,
        "last_activity_editor": None,
        "pending_cancellation_date": None,
        "plan_type": "business",
        **more,
    }
