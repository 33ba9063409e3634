"""Lists of allowed and of denied names, in which `*` stands for anything; a denied name is never allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from scanner.rules.operators import like

EVERYTHING = "*"
_matcher: Callable[[str], Callable[[str], bool]] = lru_cache(maxsize=1024)(like)


def matching(name: str, patterns: Iterable[str]) -> str | None:
    """Give the first pattern that `name` matches, in any case; None where it matches none."""
    return next((pattern for pattern in patterns if _matcher(pattern)(name)), None)


def permits_everything(allowed: Iterable[str], denied: Sequence[str]) -> bool:
    """Say whether no name can violate the lists, so that even an unknown one meets them."""
    return EVERYTHING in allowed and not denied


def objection(name: str, allowed: Sequence[str], denied: Sequence[str]) -> str:
    """Say what the lists have against a name; "" where they permit it."""
    if (pattern := matching(name, denied)) is not None:
        return "is denied" if pattern.lower() == name.lower() else f"is denied by '{pattern}'"
    if matching(name, allowed) is None:
        return f"is not among the allowed [{', '.join(allowed)}]" if allowed else "is not allowed: nothing is"
    return ""


def azure_policy_condition(field: str, allowed: Any, denied: Any) -> Any:
    """Give the Azure Policy condition that says the same; the lists may be template expressions."""

    def matches(patterns: Any) -> dict[str, Any]:
        return {
            "count": {
                "value": patterns,
                "name": "pattern",
                "where": {"field": field, "like": "[current('pattern')]"},
            }
        }

    return {"allOf": [{**matches(allowed), "greater": 0}, {**matches(denied), "equals": 0}]}
