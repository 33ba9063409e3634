"""`azurerm_cognitive_account_project`: azurerm 4.81 and 5.2, docs/r/cognitive_account_project; not in 3.x."""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body
from scanner.sources.terraform.mappings.mapping import Mapping, identity


def _project(arguments: Arguments) -> Json:
    return body(
        location=arguments.get("location"),
        tags=arguments.get("tags"),
        identity=identity(arguments),
        properties=body(displayName=arguments.get("display_name"), description=arguments.get("description")),
    )


MAPPING = Mapping(
    "azurerm_cognitive_account_project",
    "Microsoft.CognitiveServices/accounts/projects",
    _project,
    parent="cognitive_account_id",
    parent_type="Microsoft.CognitiveServices/accounts",
)
