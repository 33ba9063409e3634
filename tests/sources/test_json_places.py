"""Lines of properties in files that somebody writes."""

from __future__ import annotations

import pytest

from scanner.evaluation.evaluate import evaluate
from scanner.model.inventory import Inventory
from scanner.model.resource import Origin, Resource
from scanner.policies.loader import load_policies
from scanner.sources.json_document import read_document
from scanner.sources.json_places import Places
from tests.factories import AS_OF, DEPLOYMENT, make_resource

TEXT = b"""{
  "resources": [
    {
      "SKU": {"name": "Standard",
        "capacity": 500
      },
      "tags": {
        "a/b": "x"
      },
      "properties": {
        "limits": [
          1,
          2]
      }
    }
  ]
}"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("sku.capacity", 5),
        ("sku.tier", 4),
        ("tags['a/b']", 8),
        ("effectiveTags.team", 7),
        ("properties.limits[1]", 13),
        ("properties.limits[*].x", 11),
        ("properties.limits[key=token]", 11),
        ("properties.limits[7]", 11),
        ("kind", None),
        ("", None),
    ],
)
def test_a_path_has_the_line_of_what_is_there_of_it(path, line):
    assert Places(read_document(TEXT, "main.json")).line("/resources/0", path) == line


def test_a_place_that_is_not_there_has_no_line():
    assert Places(read_document(TEXT, "main.json")).line("/resources/5/x", "sku") is None


def test_a_finding_says_on_which_line_its_evidence_stands():
    locate = Places(read_document(TEXT, "main.json")).locator("/resources/0")
    body = make_resource(DEPLOYMENT, "acct/gpt", sku={"name": "Standard", "capacity": 500}).json
    resource = Resource(body, Origin("arm-template", "main.json", "/resources/0", declared=True, locate=locate))
    (rule,) = (r for file in load_policies([]) for r in file.rules if r.info.id == "openai-deployment-rate-limit")
    (finding,), _ = evaluate(Inventory(resources=(resource,)), [rule], AS_OF)
    assert [(item.path, item.line) for item in finding.evidence] == [("sku.capacity", 5)]
