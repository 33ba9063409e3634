"""How a template is recognised, what its resources' origins say, and templates inside other inputs."""

from __future__ import annotations

import json

import pytest

from scanner.errors import SourceError
from scanner.model.inventory import SourceInfo
from scanner.model.resource import Origin
from scanner.model.values import UNKNOWN
from scanner.sources.arm_template import NAME, recognises, resources_of_template
from scanner.sources.files import read_inputs

SCHEMAS = "https://schema.management.azure.com/schemas"
COMMENTED = """\
// what a team deploys
{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  /* nothing
     else */
  "resources": [
    {
      "type": "Microsoft.Search/searchServices", "apiVersion": "1",
      "name": "one", // the first
    },
    {
      "type": "Microsoft.Search/searchServices", "apiVersion": "1",
      "name": "[concat('t',
        'wo')]"
    },
  ]
}
"""


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"$schema": f"{SCHEMAS}/2019-04-01/deploymentTemplate.json#"}, True),
        ({"$schema": f"{SCHEMAS}/2018-05-01/subscriptionDeploymentTemplate.json"}, True),
        ({"$schema": "http://schema.management.azure.com/schemas/2015-01-01/DEPLOYMENTTEMPLATE.json#"}, True),
        ({"contentVersion": "1.0.0.0", "resources": []}, True),
        ({"contentVersion": "1.0.0.0", "resources": {}, "languageVersion": "2.0"}, True),
        ({"resources": []}, False),
        ({"contentVersion": "1.0.0.0"}, False),
        ({"id": "/subscriptions/s"}, False),
        ([], False),
        (None, False),
    ],
)
def test_a_template_is_recognised_by_its_content(document, expected):
    assert recognises(document) is expected


def test_a_template_with_comments_has_the_lines_of_its_file(tmp_path):
    file = tmp_path / "main.jsonc"
    file.write_text(COMMENTED, "utf-8")

    inventory = read_inputs([str(file)])

    assert [resource.name for resource in inventory.resources] == ["one", "two"]
    assert [resource.origin.line for resource in inventory.resources] == [8, 12]
    assert inventory.sources == (SourceInfo(NAME, str(file)),)


def test_a_parameter_file_is_no_input(tmp_path):
    file = tmp_path / "main.parameters.json"
    file.write_text(json.dumps({"$schema": f"{SCHEMAS}/2019-04-01/deploymentParameters.json#", "parameters": {}}))

    with pytest.raises(SourceError, match=r"holds the parameters of a template.*--template-parameters"):
        read_inputs([str(file)])


def test_a_template_inside_another_input_has_that_inputs_origin(templates):
    template = templates.make(
        templates.resource(properties={"a": "[parameters('a')]", "b": "[parameters('b')]", "c": "[parameters('c')]"}),
        templates.nested(templates.make(templates.resource("nested"))),
        parameters={name: {"type": "string"} for name in "abc"},
    )
    origin = Origin("terraform-plan", "plan.json", "/resource_changes/3", address="azurerm_x.y")
    parameters = {"a": {"value": "1"}, "b": "2", "c": {"value": UNKNOWN}}

    inventory = resources_of_template(template, parameters, "/subscriptions/s/resourceGroups/g", origin)

    first, second = inventory.resources
    expected = Origin("terraform-plan", "plan.json", "/resource_changes/3", declared=True, address="azurerm_x.y")
    assert first.origin == second.origin == expected
    assert first.json["properties"] == {"a": "1", "b": "2", "c": UNKNOWN}
    assert first.id == "/subscriptions/s/resourceGroups/g/providers/Microsoft.Search/searchServices/x"


def test_a_template_inside_another_input_needs_a_scope(templates):
    with pytest.raises(SourceError, match="cannot be deployed to"):
        resources_of_template(templates.make(), {}, "/subscriptions/s/x/y/z", Origin("x"))
