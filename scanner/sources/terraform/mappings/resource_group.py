"""`azurerm_resource_group`: azurerm 3.117, 4.81, 5.2, docs/r/resource_group."""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body
from scanner.sources.terraform.mappings.mapping import GROUP, SUBSCRIPTION, Mapping


def _group(arguments: Arguments) -> Json:
    return body(location=arguments.get("location"), tags=arguments.get("tags"), managedBy=arguments.get("managed_by"))


MAPPING = Mapping("azurerm_resource_group", GROUP, _group, parent_type=SUBSCRIPTION)
