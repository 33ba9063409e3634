"""What the budgets of azurerm have in common (internal/services/consumption/consumption_budget_base.go)."""

from __future__ import annotations

from scanner.model.values import UNKNOWN, Json
from scanner.sources.terraform.arguments import Arguments, body

BUDGET = "Microsoft.Consumption/budgets"


def budget(arguments: Arguments) -> Json:
    """Give a budget. Defaults in the documentation: time_grain Monthly, threshold_type Actual, enabled true.

    ARM names notifications; the provider names them by type, operator and threshold.
    """
    notifications = arguments.blocks("notification", _notification)
    if isinstance(notifications, list):
        named = [(str(index), one) for index, one in enumerate(notifications)]
        notifications = UNKNOWN if UNKNOWN in notifications else dict(named)
    return body(
        properties=body(
            category="Cost",
            amount=arguments.get("amount"),
            timeGrain=arguments.get("time_grain", "Monthly"),
            timePeriod=arguments.block("time_period", _period),
            notifications=notifications,
        )
    )


def _period(block: Arguments) -> Json:
    return body(startDate=block.get("start_date"), endDate=block.get("end_date"))


def _notification(block: Arguments) -> Json:
    return body(
        enabled=block.get("enabled", True),
        operator=block.get("operator"),
        threshold=block.get("threshold"),
        thresholdType=block.get("threshold_type", "Actual"),
        contactEmails=block.get("contact_emails"),
        contactGroups=block.get("contact_groups"),
        contactRoles=block.get("contact_roles"),
    )
