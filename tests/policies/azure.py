"""Small Azure Policy definitions and initiatives, and what they say of some resources."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scanner.errors import PolicyError
from scanner.evaluation.evaluate import evaluate
from scanner.model.inventory import Inventory
from scanner.policies.loader import PolicyFile, load_policies
from scanner.policies.parameters import Override
from tests.factories import ACCOUNT, AS_OF

DEFINITIONS = "/providers/Microsoft.Authorization/policyDefinitions/"
IS_ACCOUNT = {"field": "type", "equals": ACCOUNT}
PUBLIC = {"field": f"{ACCOUNT}/publicNetworkAccess", "notEquals": "Disabled"}


def definition(
    name: str = "public-access", *, test: Any = None, effect: Any = "Audit", **changes: Any
) -> dict[str, Any]:
    """Give a definition in Azure's envelope; `changes` are properties, `details` stands in `then`."""
    details = changes.pop("details", None)
    then = {"effect": effect} if details is None else {"effect": effect, "details": details}
    properties = {
        "displayName": f"Display name of {name}",
        "policyType": "Custom",
        "mode": "All",
        "policyRule": {"if": {"allOf": [IS_ACCOUNT, PUBLIC]} if test is None else test, "then": then},
        **changes,
    }
    return {"properties": properties, "id": f"{DEFINITIONS}{name}", "name": name}


def parameter(kind: str = "String", **body: Any) -> dict[str, Any]:
    return {"type": kind, **body}


def initiative(*members: dict[str, Any], name: str = "baseline", **properties: Any) -> dict[str, Any]:
    body = {"displayName": f"Initiative {name}", "policyDefinitions": list(members), **properties}
    return {"properties": body, "name": name, "id": f"/providers/Microsoft.Authorization/policySetDefinitions/{name}"}


def member(name: str, reference: str | None = None, **parameters: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"policyDefinitionId": f"{DEFINITIONS}{name}"}
    if reference:
        found["policyDefinitionReferenceId"] = reference
    if parameters:
        found["parameters"] = {key: {"value": value} for key, value in parameters.items()}
    return found


def load(folder: Path, *documents: Any, **overrides: Any) -> list[PolicyFile]:
    """Write each document to a file of its own, and load the folder."""
    for number, document in enumerate(documents):
        (folder / f"{number}.json").write_text(json.dumps(document, indent=2), encoding="utf-8")
    return load_policies(
        [str(folder)], [Override(name, value, f"--parameter {name}") for name, value in overrides.items()]
    )


def problems(folder: Path, *documents: Any, **overrides: Any) -> list[str]:
    """Give what is wrong with the documents, without the folder's name."""
    try:
        load(folder, *documents, **overrides)
    except PolicyError as error:
        return [str(problem).replace(f"{folder}/", "") for problem in error.problems]
    raise AssertionError("nothing is wrong")


def outcomes(files: Sequence[PolicyFile], inventory: Inventory) -> dict[tuple[str, str], str]:
    """Give the outcome of every finding, by rule id and name of the resource."""
    findings, _ = evaluate(inventory, [rule for file in files for rule in file.rules], AS_OF)
    return {(finding.rule.id, finding.resource.name): finding.verdict.outcome.value for finding in findings}


def not_evaluated(files: Sequence[PolicyFile], inventory: Inventory) -> dict[str, str]:
    _, skipped = evaluate(inventory, [rule for file in files for rule in file.rules], AS_OF)
    return {each.rule_id: each.reason for each in skipped}
