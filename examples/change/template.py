"""The example change as an ARM template of a subscription, with what templates are made of."""

from __future__ import annotations

from typing import Any

from estate import (
    ACCOUNT,
    API_VERSIONS,
    COGNITIVE,
    COMPUTE,
    DEPLOYMENT,
    GROUP,
    GROUP_TYPE,
    LOCATION,
    TAGS,
    WORKSPACE,
    Json,
    api_version,
)

_SCHEMA = "https://schema.management.azure.com/schemas/"


def template(resources: list[Json]) -> Json:
    """Give the template: the group, and a nested deployment into it with everything else."""
    group, *members = resources
    return {
        "$schema": f"{_SCHEMA}2018-05-01/subscriptionDeploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "location": {"type": "string", "defaultValue": LOCATION},
            "groupName": {"type": "string", "defaultValue": GROUP},
        },
        "resources": [
            _body(group) | {"name": "[parameters('groupName')]", "location": "[parameters('location')]"},
            {
                "type": "Microsoft.Resources/deployments",
                "apiVersion": API_VERSIONS["Microsoft.Resources"],
                "name": "support",
                "resourceGroup": "[parameters('groupName')]",
                "dependsOn": [f"[resourceId('{GROUP_TYPE}', parameters('groupName'))]"],
                "properties": {
                    "mode": "Incremental",
                    "expressionEvaluationOptions": {"scope": "inner"},
                    "parameters": {"location": {"value": "[parameters('location')]"}},
                    "template": _inner(members),
                },
            },
        ],
    }


def _inner(members: list[Json]) -> Json:
    """Give the nested template: a loop over models, computes below their workspace, the rest by full name."""
    models = [one for one in members if one["type"] == DEPLOYMENT]
    computes = [one for one in members if one["type"] == COMPUTE]
    others = [one for one in members if one["type"] not in {DEPLOYMENT, COMPUTE}]
    written = [_written(one) for one in others]
    next(one for one in written if one["type"] == WORKSPACE)["resources"] = [
        _written(one) | {"type": "computes", "name": one["name"]} for one in computes
    ]
    return {
        "$schema": f"{_SCHEMA}2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"location": {"type": "string"}},
        "variables": {
            "assistant": "support-assistant",
            "tags": TAGS,
            "models": [{key: one[key] for key in ("name", "sku", "properties")} for one in models],
        },
        "resources": [*written, _loop()],
    }


def _loop() -> Json:
    return {
        "type": DEPLOYMENT,
        "apiVersion": API_VERSIONS[COGNITIVE],
        "name": "[concat(variables('assistant'), '/', variables('models')[copyIndex()].name)]",
        "copy": {"name": "models", "count": "[length(variables('models'))]", "mode": "serial", "batchSize": 1},
        "dependsOn": [f"[resourceId('{ACCOUNT}', variables('assistant'))]"],
        "sku": "[variables('models')[copyIndex()].sku]",
        "properties": "[variables('models')[copyIndex()].properties]",
    }


def _written(resource: Json) -> Json:
    """Give a resource as one writes it: location and tags by reference, the name with its parents'."""
    body = _body(resource)
    if body.get("location") == LOCATION:
        body["location"] = "[parameters('location')]"
    if body.get("tags") == TAGS:
        body["tags"] = "[variables('tags')]"
    return body


def _body(resource: Json) -> dict[str, Any]:
    rest = resource["id"].partition("/providers/")[2].split("/")[1:]
    name = "/".join(rest[1::2]) or resource["name"]
    kept = {key: value for key, value in resource.items() if key not in {"id", "type", "name"}}
    return {"type": resource["type"], "apiVersion": api_version(resource), "name": name, **kept}
