"""`budget`: a subscription's cost has a ceiling that tells somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from scanner.expressions.times import parse_timestamp
from scanner.expressions.truth import all_of, any_of
from scanner.model.fact_kinds import BUDGETS
from scanner.model.needs import MetricQuery
from scanner.model.resource import RESOURCE_GROUP, Resource
from scanner.model.values import UNKNOWN, Json, Truth
from scanner.model.verdict import Evidence
from scanner.rules.ai_resources import homes
from scanner.rules.assertions.base import Assertion
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.paths import descend
from scanner.rules.planned import declared_at

_PROPERTIES = (("properties", "properties"),)
_BUDGET = "microsoft.consumption/budgets"
_DEFAULT_TYPE = "Actual"
_RECIPIENTS = ("contactEmails", "contactRoles", "contactGroups")


class Budget(Assertion):
    """A cost budget exists, with at least one enabled notification that has recipients.

    With `thresholdType` that notification is of this type; with `notified: false` any budget will do. A budget whose
    period is over is none. A subscription without one of its own holds where budgets of its resource groups were
    read, and each group that holds AI resources has one. Unknown where the budgets could not be read, or where what
    decides of a planned one is known only after deployment.
    """

    notified: bool = Field(default=True, description="Whether a notification must be enabled and have recipients.")
    threshold_type: Literal["Actual", "Forecasted"] | None = Field(
        default=None, description="What the notification compares: cost so far, or what is forecast."
    )

    def facts(self) -> tuple[tuple[str, MetricQuery | None], ...]:
        """Budgets."""
        return ((BUDGETS, None),)

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        own = self._judge(resource.key, env)
        others = self._elsewhere(resource, env)
        truth = any_of((own.truth, others))
        if truth:
            return HOLDS
        if own.truth is None or others is not None:
            return own
        return Judgement(None, f"{own.message}; the budgets of its resource groups could not be read", own.evidence)

    def _elsewhere(self, resource: Resource, env: Environment) -> Truth:
        """Say whether other scopes take the place of a budget here: a group's subscription, or all groups."""
        if resource.type == RESOURCE_GROUP:
            return self._judge(f"/subscriptions/{resource.subscription_id}", env).truth
        prefix = f"{resource.key}/resourcegroups/"
        groups = [home for home, truth in homes(env.inventory).items() if truth and home.startswith(prefix)]
        asked = (
            env.inventory.fact(BUDGETS, group) or env.inventory.gap(BUDGETS, group) or declared_at(group, _BUDGET, env)
            for group in groups
        )
        if not groups or not all(asked):
            return False
        return all_of(self._judge(group, env).truth for group in groups)

    def _judge(self, scope: str, env: Environment) -> Judgement:
        """Judge the budgets of one scope."""
        fact, gap = env.inventory.fact(BUDGETS, scope), env.inventory.gap(BUDGETS, scope)
        listed = fact.data if fact is not None and isinstance(fact.data, list) else None
        if planned := declared_at(scope, _BUDGET, env):
            listed = [*planned, *(listed or ())]
        counted = [(item, _is_cost_budget(item, env.as_of)) for item in listed or ()]
        budgets = [item for item, counts in counted if counts is not False]
        truth = any_of(all_of((counts, self._suffices(item))) for item, counts in counted if counts is not False)
        if truth:
            return HOLDS
        evidence = (Evidence(BUDGETS, None if listed is None else [_name(one) for one in budgets], self._expected()),)
        if listed is None or gap is not None:
            reason = f"could not be read ({gap.reason})" if gap else "were not read"
            return Judgement(None, f"its budgets {reason}", evidence)
        if not budgets:
            return Judgement(False, f"it has no budget; it must have {self._expected()}", evidence)
        names = ", ".join(_name(one) for one in budgets[:3]) + (" ..." if len(budgets) > 3 else "")
        if truth is None:
            whether = f"whether a budget ({names}) has {self._notification()}"
            return Judgement(None, f"{whether} is known only after deployment", evidence)
        return Judgement(False, f"no budget ({names}) has {self._notification()}", evidence)

    def _suffices(self, budget: Json) -> Truth:
        if not self.notified and self.threshold_type is None:
            return True
        table = descend(budget, (*_PROPERTIES, ("notifications", "notifications")))
        if table is UNKNOWN:
            return None
        return any_of(map(self._notifies, table.values())) if isinstance(table, dict) else False

    def _notifies(self, notification: Any) -> Truth:
        if notification is UNKNOWN:
            return None
        if not isinstance(notification, dict):
            return False
        kind = notification.get("thresholdType") or _DEFAULT_TYPE
        wanted = self.threshold_type
        fits = True if wanted is None else None if kind is UNKNOWN else str(kind).lower() == wanted.lower()
        if not self.notified:
            return fits
        enabled = notification.get("enabled")
        heard = any_of(_filled(notification.get(key)) for key in _RECIPIENTS)
        return all_of((fits, None if enabled is UNKNOWN else enabled is True, heard))

    def _notification(self) -> str:
        kind = f" for {self.threshold_type.lower()} cost" if self.threshold_type else ""
        return f"an enabled notification with recipients{kind}" if self.notified else f"a notification{kind}"

    def _expected(self) -> str:
        plain = not self.notified and self.threshold_type is None
        return "a cost budget" if plain else f"a cost budget with {self._notification()}"


def _filled(recipients: Any) -> Truth:
    """Say whether a list of recipients names one."""
    members = recipients if isinstance(recipients, list) else [recipients] if recipients is UNKNOWN else []
    return any_of(None if one is UNKNOWN else isinstance(one, str) and bool(one.strip()) for one in members)


def _name(budget: Json) -> str:
    return str(budget.get("name") or "unnamed")


def _is_cost_budget(item: Any, as_of: datetime) -> Truth:
    """Say whether this is a budget of costs whose period is not over; an end that is not known yet is to come."""
    if not isinstance(item, dict):
        return False
    category = descend(item, (*_PROPERTIES, ("category", "category")))
    if isinstance(category, str) and category.lower() != "cost":
        return False
    end = descend(item, (*_PROPERTIES, ("timePeriod", "timeperiod"), ("endDate", "enddate")))
    moment = parse_timestamp(end) if isinstance(end, str) else None
    if moment is not None and moment < as_of:
        return False
    return None if category is UNKNOWN else True
