"""Terraform: the JSON of a plan, or of a state, as `terraform show -json` prints it.

Every managed resource that is there once the plan is applied becomes a resource in ARM JSON shape: azurerm's by one
mapping a type, azapi's as they are. What is known only after apply is UNKNOWN.
"""

from __future__ import annotations

from typing import Any

from scanner.errors import Problem, SourceError
from scanner.model.inventory import Inventory
from scanner.sources.json_document import JsonDocument, shown_name
from scanner.sources.options import ReadOptions
from scanner.sources.terraform.reading import NAME, Reading

__all__ = ["NAME", "read", "recognises"]

_PARTS = ("resource_changes", "planned_values", "configuration", "values")
_MAJOR_VERSIONS = frozenset({"0", "1"})


def recognises(document: Any) -> bool:
    """Say whether this is Terraform's JSON, also of a kind that is then refused with a reason."""
    return isinstance(document, dict) and (_is_shown(document) or _is_state_file(document))


def read(document: JsonDocument, options: ReadOptions) -> Inventory:
    """Make an inventory of what is there once the plan is applied.

    Raises SourceError for a state file as Terraform stores it, and for a format of another major version.
    """
    value = document.value
    if _is_state_file(value):
        raise _refused(document, "is a Terraform state file", "print it with `terraform show -json`, or give a plan")
    version = value["format_version"]
    if str(version).partition(".")[0] not in _MAJOR_VERSIONS:
        what = f"is Terraform JSON of format version {str(version)[:20]}; azgate knows 0.x and 1.x"
        raise _refused(document, what, "see whether there is a newer azgate")
    return Reading(document, options).inventory()


def _is_shown(document: Any) -> bool:
    return "format_version" in document and any(isinstance(document.get(part), (dict, list)) for part in _PARTS)


def _is_state_file(document: Any) -> bool:
    return "lineage" in document and "serial" in document


def _refused(document: JsonDocument, what: str, hint: str) -> SourceError:
    return SourceError(Problem(what, shown_name(document.file), hint=hint))
