"""A series: one thing that is looked at again and again.

What passes in a template says nothing about what Azure has, so a database keeps the failures of each series apart.
All that reads Azure itself, live or by a snapshot, is one series whatever its scopes: scans of several subscriptions
share it, and each fixes only what it looked at. Anything else is a series of its own, named after its inputs.
"""

from __future__ import annotations

from hashlib import sha256

from scanner.model.result import ScanResult

AZURE = "azure"
LONGEST = 200
_AZURE_ITSELF = frozenset({"azure", "snapshot"})
_CONTEXT = "context:"


def default_series(result: ScanResult) -> str:
    """Name the series of a result."""
    inputs = sorted(source for source in result.scan.sources if not source.startswith(_CONTEXT))
    if {source.partition(":")[0] for source in inputs} <= _AZURE_ITSELF:
        return AZURE
    name = ", ".join(inputs)
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 17]} {sha256(name.encode()).hexdigest()[:16]}"
