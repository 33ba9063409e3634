"""`rateLimit`: one deployment cannot take more tokens a minute than it may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from scanner.expressions.comparison import as_number
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.paths import field_getter, parse_path

TOKENS_PER_UNIT = 1000
"""One unit of a token-billed deployment's capacity is 1,000 tokens a minute of quota."""

_limits = field_getter(("properties", "rateLimits"))
_capacity = field_getter(("sku", "capacity"))
_legacy_capacity = field_getter(parse_path("properties.scaleSettings.capacity"))


class RateLimit(Assertion):
    """A deployment's tokens per minute do not exceed `maxTokensPerMinute`.

    They come from `properties.rateLimits` (the entry whose key is `token`, scaled to 60 seconds), else from
    the capacity, whose unit is 1,000 tokens a minute. Neither there, or not a number: unknown.
    """

    max_tokens_per_minute: float = Field(gt=0, description="Most tokens a minute.")

    @classmethod
    def to_azure_policy(cls, arguments: Mapping[str, Any]) -> Any:
        """Judge the capacity: the rate limits follow from it, and a request to deploy does not hold them yet."""
        limit = arguments.get("maxTokensPerMinute")
        if isinstance(limit, (int, float)):
            return {"field": "sku.capacity", "lessOrEquals": int(limit // TOKENS_PER_UNIT)}
        return {"field": "sku.capacity", "lessOrEquals": f"[div({str(limit)[1:-1]}, {TOKENS_PER_UNIT})]"}

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        path, actual, tokens = tokens_per_minute(resource, env)
        expected = f"at most {self.max_tokens_per_minute:,.0f} tokens a minute"
        shown = None if actual is MISSING or actual is UNKNOWN else actual
        if tokens is None:
            reason = "is not known" if shown is None else f"is {shown!r}, which is no number"
            return Judgement(None, f"{path} {reason}; it must be {expected}", (Evidence(path, shown, expected),))
        if tokens <= self.max_tokens_per_minute:
            return HOLDS
        message = f"{tokens:,.0f} tokens a minute; it must be {expected}"
        return Judgement(False, message, (Evidence(path, shown, expected),))


def tokens_per_minute(resource: Resource, env: Environment) -> tuple[str, Any, float | None]:
    """Give where the limit stands, what stands there, and the tokens a minute it comes to (None: unreadable)."""
    limits = _limits(resource, env)
    if limits is not MISSING and (not isinstance(limits, list) or any(_key(entry) is UNKNOWN for entry in limits)):
        return "properties.rateLimits", UNKNOWN if isinstance(limits, list) else limits, None
    entries = [entry for entry in limits if _key(entry) == "token"] if isinstance(limits, list) else []
    if entries:
        scaled = [_scaled(entry) for entry in entries]
        known = [tokens for tokens in scaled if tokens is not None]
        tokens = max(known) if len(known) == len(scaled) else None
        return "properties.rateLimits[key=token]", entries[0] if len(entries) == 1 else entries, tokens
    path, capacity = "sku.capacity", _capacity(resource, env)
    if capacity is MISSING:
        legacy = _legacy_capacity(resource, env)
        if legacy is not MISSING:
            path, capacity = "properties.scaleSettings.capacity", legacy
    number = as_number(capacity)
    return path, capacity, None if number is None else number * TOKENS_PER_UNIT


def _key(entry: Any) -> Any:
    """Give an entry's key in lower case; UNKNOWN where the entry is none that can be read."""
    key = entry.get("key") if isinstance(entry, dict) else UNKNOWN
    return key.lower() if isinstance(key, str) else UNKNOWN if key is UNKNOWN else ""


def _scaled(entry: dict[str, Any]) -> float | None:
    count, period = as_number(entry.get("count")), as_number(entry.get("renewalPeriod"))
    return count * 60 / period if count is not None and period is not None and period > 0 else None
