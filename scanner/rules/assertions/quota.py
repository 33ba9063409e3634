"""`quotaShare` and `quotaHeadroom`: no deployment takes a region's quota for itself, and some is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from scanner.expressions.comparison import as_number
from scanner.model.needs import MetricQuery
from scanner.model.quota import QUOTA_USAGES
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, InexpressibleError, in_percent
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.paths import field_getter
from scanner.rules.pools import Pool, capacity_of, find_pool, grows, planned_capacity

_current = field_getter(("properties", "currentValue"))
_limit = field_getter(("properties", "limit"))
_planned = field_getter(("properties", "plannedChange"))
_reason = field_getter(("properties", "reason"))
_NO_QUOTA = "it rests on the quota of the region, which Azure Policy does not see"


class _OnQuota(Assertion):
    """What rests on the quota of a region."""

    @classmethod
    def to_azure_policy(cls, arguments: Mapping[str, Any]) -> Any:
        """Refuse: usage and limits of a region are no part of a resource."""
        del arguments
        raise InexpressibleError(_NO_QUOTA)

    def facts(self) -> tuple[tuple[str, MetricQuery | None], ...]:
        """Regional quota usages."""
        return ((QUOTA_USAGES, None),)


class QuotaShare(_OnQuota):
    """A deployment's capacity is at most `maxQuotaShare` of its pool's limit.

    The pool is the regional quota of the subscription for the deployment's sku and model. Unknown where
    the pool or its limit is not known, or the limit is 0. A change must also fit into what is left of the
    pool, together with everything else that it plans there: Azure would refuse it.
    """

    max_quota_share: float = Field(gt=0, le=1, description="Largest share of the pool, 0 to 1.")

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        expected = f"at most {in_percent(self.max_quota_share)} of the pool"
        capacity = capacity_of(resource, env)
        number = as_number(capacity)
        if number is None:
            shown = None if capacity is MISSING or capacity is UNKNOWN else capacity
            message = "the capacity is not known, so its share of the quota is not either"
            return Judgement(None, message, (Evidence("sku.capacity", shown, expected),))
        pool = find_pool(resource, env)
        limit = as_number(pool.limit)
        if limit is None or limit <= 0:
            reason = pool.reason or f"the limit of the pool {pool.name} is {pool.limit}"
            evidence = Evidence(f"quotaUsages[{pool.name or '?'}].limit", limit, expected)
            return Judgement(None, f"the share of the quota is not known: {reason}", (evidence,))
        share = number / limit
        if share <= self.max_quota_share:
            return _fits(resource, capacity, limit, pool, env)
        held = f"{number:,.15g} of {limit:,.15g} units of {pool.name} in {pool.location}"
        message = f"{held}, {in_percent(share)}; it must be {expected}"
        return Judgement(False, message, (Evidence("sku.capacity", capacity, f"{expected} of {limit:,.15g}"),))


def _fits(resource: Resource, capacity: Any, limit: float, pool: Pool, env: Environment) -> Judgement:
    """Say whether a planned deployment fits into what is left of its pool; one that exists does."""
    current, change = as_number(pool.current), planned_capacity(pool, env)
    if not resource.origin.declared or current is None or change is MISSING or not grows(resource, env):
        return HOLDS
    left, planned = limit - current, as_number(change)
    if planned is not None and planned <= left:
        return HOLDS
    there = f"{pool.name} in {pool.location}, of which {left:,.15g} are left"
    evidence = (Evidence("sku.capacity", capacity, f"at most {left:,.15g}, what is left"),)
    if planned is None:
        return Judgement(None, f"how much this change adds to {there}, is known only after deployment", evidence)
    return Judgement(False, f"this change adds {planned:,.15g} units to {there}", evidence)


class QuotaHeadroom(_OnQuota):
    """Of a quota pool at most `maxQuotaAllocated` is allocated to deployments.

    Judges resources of type `Microsoft.CognitiveServices/locations/usages`, one for each pool that a
    deployment draws from. What a change adds or takes away counts as if it were done. Unknown where the pool could
    not be read or its limit is 0.
    """

    max_quota_allocated: float = Field(gt=0, le=1, description="Largest allocated share, 0 to 1.")

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        expected = f"at most {in_percent(self.max_quota_allocated)} of the limit"
        current, limit = as_number(_current(resource, env)), as_number(_limit(resource, env))
        evidence = (Evidence("currentValue", current, expected), Evidence("limit", limit, "more than 0"))
        if current is None or limit is None or limit <= 0:
            what = f"the limit is {limit}" if limit is None or limit <= 0 else "the current value is not a number"
            reason = _reason(resource, env)
            why = reason if isinstance(reason, str) and reason else what
            return Judgement(None, f"the allocation of {resource.name} is not known: {why}", evidence)
        planned = _planned(resource, env)
        if planned is UNKNOWN:
            return Judgement(
                None, f"how much the change adds to {resource.name} is known only after deployment", evidence
            )
        change = as_number(planned) or 0
        share = (current + change) / limit
        if share <= self.max_quota_allocated:
            return HOLDS
        after = f" after this change ({change:+,.15g})" if change else ""
        allocated = f"{current + change:,.15g} of {limit:,.15g} units of {resource.name} are allocated{after}"
        message = f"{allocated}, {in_percent(share)}; it must be {expected}"
        return Judgement(False, message, evidence)
