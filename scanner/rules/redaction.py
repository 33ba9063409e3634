"""Keeps secrets out of evidence: what a field's name says is secret is never shown."""

from __future__ import annotations

import re
from typing import Any

from scanner.model.values import MISSING, UNKNOWN

_SECRET = re.compile(
    r"password|passwd|secret|token(?!s)|api_?key|access_?key|account_?key|private_?key|connection_?string|credential"
    r"|environmentvariables|sslconfiguration|\bsas\b",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"tokens?perminute|maxcontexttoken|key=token", re.IGNORECASE)
REDACTED = "(redacted)"


def shown(path: str, value: Any) -> Any:
    """Give `value` as a report may show it: JSON, null where there is none, `(redacted)` under a secret's name."""
    if value is MISSING or value is UNKNOWN:
        return None
    if isinstance(value, bool) or value is None:
        return value
    if _SECRET.search(path) and not _HARMLESS.search(path):
        return REDACTED
    return _inside(value)


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): shown(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_inside(inner) for inner in value]
    return None if value is MISSING or value is UNKNOWN else value
