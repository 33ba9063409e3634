"""`azurerm_ai_foundry_project`: azurerm 4.81 and 5.2, docs/r/ai_foundry_project.

A machine learning workspace of kind Project. Its hub is named by id; the provider creates the project in the hub's
subscription and resource group (internal/services/machinelearning/ai_foundry_project_resource.go).
"""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body
from scanner.sources.terraform.mappings.mapping import Mapping, identity


def _project(arguments: Arguments) -> Json:
    return body(
        kind="Project",
        location=arguments.get("location"),
        tags=arguments.get("tags"),
        identity=identity(arguments),
        properties=body(
            description=arguments.get("description"),
            friendlyName=arguments.get("friendly_name"),
            hbiWorkspace=arguments.get("high_business_impact_enabled"),
            hubResourceId=arguments.get("ai_services_hub_id"),
            primaryUserAssignedIdentity=arguments.get("primary_user_assigned_identity"),
        ),
    )


MAPPING = Mapping(
    "azurerm_ai_foundry_project",
    "Microsoft.MachineLearningServices/workspaces",
    _project,
    parent="ai_services_hub_id",
    parent_type="Microsoft.MachineLearningServices/workspaces",
    sibling=True,
)
