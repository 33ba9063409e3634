"""Real templates: how many of their leaves are known, and that the unknown ones are those only Azure knows.

The samples lie beside the repository; `pytest -s` prints the shares.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scanner.model.values import UNKNOWN
from scanner.sources.files import read_inputs

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "azure-samples" / "arm-templates"
FLOORS = {
    "avm--cognitive-services-account--main": 0.94,
    "avm--cognitive-services-account-deployment--main": 0.87,
    "quickstart--aifoundry-basic-project--azuredeploy": 1.0,
    "quickstart--machine-learning-advanced--azuredeploy": 0.96,
    "quickstart--machine-learning-create--azuredeploy": 0.97,
    "quickstart--machine-learning-encrypted-workspace--azuredeploy": 1.0,
    "quickstart--machine-learning-private-ip--azuredeploy": 0.97,
    "quickstart--machine-learning-service-create-aks--azuredeploy": 0.9,
    "sampleapp-aoai--deployment": 0.95,
}
"""The least share of known leaves, with the parameter file where there is one, in a group that is known."""
SAID = {
    "avm--cognitive-services-account--main": ("name=ai", "kind=OpenAI"),
    "avm--cognitive-services-account-deployment--main": ("accountName=ai", "name=gpt"),
    "quickstart--machine-learning-private-ip--azuredeploy": ("location=westeurope",),
    "sampleapp-aoai--deployment": ("AzureOpenAIResource=ai", "AzureOpenAIModel=gpt", "AzureOpenAIKey=k"),
}
AZURE_ALONE = re.compile(
    # What only Azure knows: where the group is, the tenant, keys, what another resource will be, which cloud it is;
    # the values that the sample's parameter file leaves to a key vault; what takes a whole object nobody gave.
    r"/location|/tags|/tenantId|/keys|/value|/id|/primaryKey|/properties/model|/privateDnsZoneId|/name|/serverFarmId|/serviceEndpoints"
)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not members or not value:
        yield path, value
    for key, inner in members:
        yield from leaves(inner, f"{path}/{key}")


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples lie beside the repository")
def test_every_sample_has_a_floor():
    names = {path.stem for path in SAMPLES.glob("*.json") if not path.stem.endswith(".parameters")}

    assert names == FLOORS.keys()


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples lie beside the repository")
@pytest.mark.parametrize("name", sorted(FLOORS))
def test_a_real_template_is_unknown_only_where_azure_alone_knows(templates, name):
    parameters = SAMPLES / f"{name}.parameters.json"
    said = (*([str(parameters)] if parameters.exists() else []), *SAID.get(name, ()))
    options = replace(templates.options, template_parameters=said)

    inventory = read_inputs([str(SAMPLES / f"{name}.json")], options=options)

    judged = [resource for resource in inventory.resources if resource.origin.judged]
    found = [leaf for resource in judged for leaf in leaves(resource.json)]
    unknown = [path for path, value in found if value is UNKNOWN]
    share = 1 - len(unknown) / len(found)
    print(f"{name}: {share:.1%} of {len(found)} leaves in {len(judged)} resources", *unknown)  # noqa: T201
    assert not inventory.gaps
    assert share >= FLOORS[name]
    assert not [path for path in unknown if not AZURE_ALONE.search(path)]
    assert all(resource.origin.line for resource in judged)
