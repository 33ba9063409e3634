"""The keys of a template in Azure's own spelling: Azure Resource Manager takes them in any case."""

from __future__ import annotations

from scanner.model.values import Json

_TEMPLATE = ("$schema", "contentVersion", "definitions", "functions", "outputs", "parameters", "resources", "variables")
_RESOURCE = (
    "condition",
    "copy",
    "dependsOn",
    "existing",
    "extension",
    "identity",
    "import",
    "kind",
    "location",
    "name",
    "properties",
    "resourceGroup",
    "resources",
    "scope",
    "sku",
    "subscriptionId",
    "tags",
    "type",
)
_DEPLOYMENT = ("expressionEvaluationOptions", "mode", "parameters", "parametersLink", "template", "templateLink")
_SCHEMA = (
    "$ref",
    "additionalProperties",
    "allowedValues",
    "defaultValue",
    "discriminator",
    "items",
    "maxLength",
    "maxValue",
    "minLength",
    "minValue",
    "nullable",
    "prefixItems",
    "properties",
    "type",
)


def _table(names: tuple[str, ...]) -> dict[str, str]:
    return {name.lower(): name for name in names}


TEMPLATE, RESOURCE, DEPLOYMENT, SCHEMA = map(_table, (_TEMPLATE, _RESOURCE, _DEPLOYMENT, _SCHEMA))


def spelt(value: Json, names: dict[str, str]) -> Json:
    """Give an object with those of its keys that are in the table as the table spells them."""
    if all(names.get(key.lower(), key) == key for key in value):
        return value
    return {names.get(key.lower(), key): inner for key, inner in value.items()}
