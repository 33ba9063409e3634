"""Keeps secrets out of what is stored: values whose name says that they are secret are never kept.

Azure does not return keys in its lists, but what people put into a job's environment variables or into
free-form properties comes back as it was written.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

REDACTED = "(redacted)"
_NAMES = re.compile(
    r".*(password|passwd|pwd|secret|secretvalue|apikey|accesskey|accountkey|primarykey|secondarykey|privatekey"
    r"|sharedkey|masterkey|connectionstring|accesstoken|refreshtoken|bearertoken|authtoken|sastoken|credential)s?",
    re.IGNORECASE,
)
_FREE_MAPS = frozenset({"environmentvariables"})
"""Maps whose names and values people choose: every value may be a secret."""


@lru_cache(maxsize=8192)
def is_secret(name: str) -> bool:
    """Say whether a value of that name may be a secret; separators in the name do not matter."""
    return _NAMES.fullmatch(re.sub(r"[-_. ]", "", name)) is not None


def without_secrets(value: Any) -> Any:
    """Give `value` without secrets; the very same object where there are none in it."""
    if isinstance(value, dict):
        changed: dict[str, Any] = {}
        for key, inner in value.items():
            kept = _kept(key, inner)
            if kept is not inner:
                changed[key] = kept
        return {**value, **changed} if changed else value
    if isinstance(value, list):
        members = [without_secrets(member) for member in value]
        return members if any(new is not old for new, old in zip(members, value, strict=True)) else value
    return value


def _kept(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return REDACTED if value and is_secret(key) else value
    if isinstance(value, dict) and key.lower() in _FREE_MAPS:
        return {name: REDACTED if isinstance(inner, str) and inner else inner for name, inner in value.items()}
    return without_secrets(value) if isinstance(value, (dict, list)) else value
