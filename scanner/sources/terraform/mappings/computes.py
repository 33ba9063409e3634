"""What the machine learning computes of azurerm have in common."""

from __future__ import annotations

from typing import Any

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body
from scanner.sources.terraform.mappings.mapping import identity

COMPUTE = "Microsoft.MachineLearningServices/workspaces/computes"
WORKSPACE_ARGUMENT = "machine_learning_workspace_id"
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"


def compute(arguments: Arguments, kind: str, inner: Json | None, **outer: Any) -> Json:
    """Give a compute of a `computeType`: `inner` is properties.properties, `outer` the rest of properties.

    A compute without a location stands where its workspace does.
    """
    return body(
        location=arguments.get("location"),
        tags=arguments.get("tags"),
        identity=identity(arguments),
        properties=body(
            computeType=kind,
            computeLocation=arguments.get("location"),
            description=arguments.get("description"),
            properties=inner,
            **outer,
        ),
    )


def subnet(arguments: Arguments) -> Any:
    """Give `subnet`."""
    found = arguments.get("subnet_resource_id")
    return None if found is None else {"id": found}
