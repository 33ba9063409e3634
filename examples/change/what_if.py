"""The example change as `az deployment sub what-if --no-pretty-print` prints it."""

from __future__ import annotations

from estate import Json, api_version


def what_if(resources: list[Json]) -> Json:
    """Give the result of what-if: everything is created."""
    return {
        "changes": [
            {
                "after": {"apiVersion": api_version(resource), **resource},
                "before": None,
                "changeType": "Create",
                "delta": None,
                "resourceId": resource["id"],
                "unsupportedReason": None,
            }
            for resource in resources
        ],
        "error": None,
        "potentialChanges": None,
        "diagnostics": None,
        "status": "Succeeded",
    }
