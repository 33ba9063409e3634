"""What the tests of templates are made of: a template with one resource, and what an expression in it is worth."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from scanner.model.inventory import Inventory
from scanner.model.values import Json
from scanner.sources.arm_template import read
from scanner.sources.json_document import JsonDocument
from scanner.sources.options import ReadOptions

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ai"
HERE = ReadOptions(subscription=SUBSCRIPTION, resource_group="rg-ai")


class Templates:
    """Makes templates and reads them."""

    schema = SCHEMA
    group = GROUP
    options = HERE

    @staticmethod
    def resource(name: str = "x", kind: str = "Microsoft.Search/searchServices", /, **body: Any) -> Json:
        return {"type": kind, "apiVersion": "2025-05-01", "name": name, **body}

    @staticmethod
    def make(*resources: Json, **sections: Any) -> Json:
        return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": list(resources), **sections}

    @staticmethod
    def nested(template: Json, name: str = "inner", *, scope: str = "inner", **body: Any) -> Json:
        properties = {"mode": "Incremental", "template": template, "expressionEvaluationOptions": {"scope": scope}}
        properties.update(body.pop("properties", {}))
        kind = "Microsoft.Resources/deployments"
        return {"type": kind, "apiVersion": "2022-09-01", "name": name, "properties": properties, **body}

    @staticmethod
    def read(template: Json, options: ReadOptions = HERE, file: str = "-") -> Inventory:
        return read(JsonDocument(template, json.dumps(template, indent=1), file), options)

    def value(self, expression: str, options: ReadOptions = HERE, **sections: Any) -> Any:
        """Give what an expression is worth in a template that has these sections."""
        resource = self.resource(properties={"it": f"[{expression}]"})
        inventory = self.read(self.make(resource, **sections), options)
        assert not inventory.gaps, inventory.gaps
        return inventory.resources[0].json["properties"]["it"]

    def complaint(self, expression: str, **sections: Any) -> str:
        """Give the one thing that is wrong with an expression."""
        resource = self.resource(properties={"it": f"[{expression}]"})
        inventory = self.read(self.make(resource, **sections))
        (gap,) = inventory.gaps
        return gap.detail


@pytest.fixture
def templates() -> Templates:
    return Templates()


@pytest.fixture
def value(templates: Templates) -> Callable[..., Any]:
    return templates.value
