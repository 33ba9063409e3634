"""Keeps secrets out of evidence: what a field's name or its own text says is secret is never shown."""

from __future__ import annotations

import re
from typing import Any

from scanner.model.secrets import REDACTED, SECRET_TEXT
from scanner.model.values import MISSING, UNKNOWN

_SECRET = re.compile(
    r"password|passwd|secret|token(?!s)|connection_?string|credential|environmentvariables|sslconfiguration|\bsas\b"
    r"|(?:api|access|account|private|primary|secondary|shared|master|admin|query|instrumentation|storage)_?key"
    r"|\bkey[12]\b",
    re.IGNORECASE,
)
_SECRET_SIGNS = re.compile(
    r"(?:account|sharedaccess|shared)key\s*=|\b(?:password|pwd|sig)\s*=|-----BEGIN", re.IGNORECASE
)
"""Where a connection string, a shared access signature or a private key begins, whole or not."""
_HARMLESS = re.compile(r"tokens?perminute|maxcontexttoken|key=token", re.IGNORECASE)


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
    if isinstance(value, str) and (_SECRET_SIGNS.search(value) or SECRET_TEXT.search(value)):
        return REDACTED
    return None if value is MISSING or value is UNKNOWN else value
